"""What commands share: settings, errors as one line, results, signing.

May import everything of `agents` but a command.
"""
