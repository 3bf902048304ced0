"""The edges: every socket, file and foreign library hostwatch talks to."""
