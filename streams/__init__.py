"""The pure rules of each stage: functions over records. No I/O, clock, asyncio or logging.

The leaf modules are `streams.case_class`, `streams.network` and `streams.timetable`. They import
`schemas` alone. The docstring of each folder says what it may import.
"""
