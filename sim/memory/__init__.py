"""The stages of `streams/` over an in-memory run of the practice world, in virtual time."""
