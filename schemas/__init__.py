"""Frozen records, their codec, topics and identities."""
