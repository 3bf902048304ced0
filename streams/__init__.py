"""What it means: pure functions over records. No I/O, no clock, no asyncio, no logging."""
