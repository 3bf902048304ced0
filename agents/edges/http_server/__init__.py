"""What our HTTP servers share: accepting, limits, deadlines, the password.

May import `agents.process`.
"""
