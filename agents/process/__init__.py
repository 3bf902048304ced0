"""What every process of ours has: log, traces, hardening, access to the broker, files replaced
whole.

May import `agents.config`, `agents.clock`, `agents.errors`; never the engine, an edge or a stage.
"""
