"""The records of one URL as the ledger holds them: with their positions, and decoded."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple, TypeVar

from schemas.chain.leaf import TopicPosition
from schemas.dossier.rows import RecordRow
from schemas.moments import Instant
from schemas.topics import OF_A_URL

T = TypeVar("T")
R = TypeVar("R", bound=RecordRow)


class Quoted(NamedTuple):
    """A record of the ledger.

    Attributes:
        position: where it stands.
        at: when the broker took it.
        said: what it says.
    """

    position: TopicPosition
    at: Instant
    said: Any

    @property
    def name(self) -> str:
        """Its position as rows name it."""
        return f"{self.position.topic}/{self.position.partition}/{self.position.offset}"


def quoted(position: TopicPosition, at: Instant, value: bytes) -> Quoted:
    """Return a record of a URL, decoded.

    Args:
        position: where it stands.
        at: when the broker took it.
        value: its bytes.

    Raises:
        Rejected: it is none.
    """
    return Quoted(position, at, OF_A_URL[position.topic].decode(value))


def of_type(found: Iterable[Quoted], kind: type[T]) -> Sequence[tuple[Quoted, T]]:
    """Return the records of a type, oldest first."""
    mine = [(one, one.said) for one in found if isinstance(one.said, kind)]
    return sorted(mine, key=lambda one: (one[0].at, one[0].position))


def fields_of(kind: type[R], one: Quoted, **more: Any) -> R:
    """Return a row of a record: what is not given has the value of the record's field of its name.

    Args:
        kind: of the row.
        one: the record.
        more: fields that the record has not, or not so.
    """
    given = {"record": one.name, "appended_at": one.at, **more}
    names = [name for name in kind.__struct_fields__ if name not in given]
    return kind(**given, **{name: getattr(one.said, name) for name in names})
