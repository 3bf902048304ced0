"""What is said: frozen records, their codec, topics and identities."""
