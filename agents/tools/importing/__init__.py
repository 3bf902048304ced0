"""Files of records into a hotline's inbox: `hostwatch import`.

May import `agents.edges` and `agents.engine`, and what they may import.
"""
