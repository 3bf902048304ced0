"""The practice world: hosters, hotlines and name servers whose truth is known."""
