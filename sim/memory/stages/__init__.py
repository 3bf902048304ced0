"""What the stages of a worker have in memory in the place of sockets: servers, name servers, keys.

May import `sim.memory.broker`, `sim.world`, `streams` and `agents`.
"""
