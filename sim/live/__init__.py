"""The practice world on loopback: real HTTP and name servers, driven by the world's truth."""
