"""What the person at the command line can mend."""


class UserError(Exception):
    """Ends a command with one line and exit code 2; the message says what to do.

    The message never holds a URL, a host name from a record, a key or a path of a record.
    """
