"""What a hotline is told of its records, over HTTP: by the record's id, and as changes.

Both are read from `hotline.<id>.out.v1`. May import what the folder above may.
"""
