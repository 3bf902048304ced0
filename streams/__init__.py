"""The pure rules of each stage: functions over records. No I/O, clock, asyncio or logging."""
