"""Child processes, ports of loopback and limits of the operating system.

May import nothing of `agents`.
"""
