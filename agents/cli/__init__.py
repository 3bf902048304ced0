"""The command line: `hostwatch`."""
