"""What a contestant's process is told.

`python contest_NAME.py SPEC` with the spec as JSON; its last line on standard output is `Measured`
of the harness as JSON. Time and CPU run from the first record it is handed, so start and join do
not count. They end when everything that follows from the last is acknowledged and its offset
committed.
"""

import msgspec


class Spec(msgspec.Struct, kw_only=True):
    """What a contestant does.

    Attributes:
        bootstrap: the broker.
        source, output, changelog: topics; some contestants name their changelog themselves.
        group: consumer group, and the name of whatever else must be its own.
        events: ends after so many; 0 = goes on until it is ended from outside.
        folder: for local state.
        transactional: state, outputs and offsets in one transaction.
        partitions: of every topic.
        session_s: session timeout of the group.
    """

    bootstrap: str
    source: str
    output: str
    changelog: str
    group: str
    events: int
    folder: str
    transactional: bool = False
    partitions: int = 4
    session_s: float = 6.0
