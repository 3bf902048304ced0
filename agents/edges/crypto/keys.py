"""The keys of a ledger in a process: seal what must stay secret, name URLs by keyed hashes.

Hashes come from the ledger's secret, which the key file holds and which is fixed for the life of a
ledger. What is sealed is sealed by the data key of a month; those stand in `keys.v1`, wrapped by
the master key of the key file, and are brought here by `agents.edges.crypto.ledger_keys`.
Destroying a month's data key ends what was sealed in that month and touches nothing else.

What a sealed text is stands in `agents.edges.crypto.sealing`, where it belongs in
`schemas.seal_context`.
"""

import os
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Protocol, Self

from agents.edges.crypto.key_file import (
    KEY_BYTES,
    KeyFault,
    KeyFile,
    KeyFileError,
    locked,
    read,
    write,
)
from agents.edges.crypto.sealing import (
    KeyGone,
    KeyNotLoaded,
    MonthKey,
    NotSealed,
    month_of,
    taken_apart,
)
from agents.process.log import log
from schemas.identity.ids import CanonicalUrl, KeyedHash
from schemas.moments import Instant, instant, moment
from schemas.seal_context import SealContext
from schemas.sensitive import Sensitive

_DAY_MS: Final = 86_400_000
_LOST: Final = "keys.v1 lacks {:06d}: put an export back with `hostwatch keys restore`"


class MonthKeySource(Protocol):
    """Where month keys come from."""

    async def make(self, months: Collection[int]) -> None:
        """Have the ring hold the data keys of months (yyyymm), made where there are none."""
        ...

    async def read_on(self) -> None:
        """Have the ring hold what `keys.v1` holds now."""
        ...


@dataclass(slots=True, eq=False)
class Keyring:
    """What a process needs of the keys.

    Attributes:
        file: the key file.
        source: where month keys come from; None = whoever holds the ring puts them in.
        outdated: the master key was replaced; keys that are held serve on, others cannot be had.
        lost: months in which something is sealed and of which `keys.v1` does not even say "gone".
    """

    file: Path
    _content: KeyFile = field(repr=False)
    source: MonthKeySource | None = field(default=None, repr=False)
    outdated: bool = False
    lost: set[int] = field(default_factory=set)
    _hash: KeyedHash = field(init=False, repr=False)
    _keys: dict[int, Sequence[MonthKey]] = field(default_factory=dict, repr=False)
    _locked: set[int] = field(default_factory=set, repr=False)
    _days: dict[int, int] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        """Make the hash states; the secret never changes for the life of a ledger."""
        self._hash = KeyedHash(self._content.secret)

    @classmethod
    def load(cls, file: Path) -> Self:
        """Read a key file.

        Raises:
            KeyFileError: it is missing or damaged, or others may read it.
        """
        return cls(file, read(file)[0])

    @classmethod
    def create(cls, file: Path) -> Self:
        """Make a key file, readable by its owner only, and its folder if there is none.

        Raises:
            KeyFileError: there is one already, or it cannot be written.
        """
        made = KeyFile(v=2, master=os.urandom(KEY_BYTES), secret=os.urandom(KEY_BYTES))
        try:
            file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with locked(file):
                if file.exists():
                    raise KeyFileError(KeyFault.EXISTS)
                write(file, made)
        except OSError:
            raise KeyFileError(KeyFault.UNWRITABLE) from None
        return cls.load(file)

    @property
    def content(self) -> KeyFile:
        """What the key file held when it was last read."""
        return self._content

    @property
    def months(self) -> dict[int, bool]:
        """The months (yyyymm) that are known; False = its key was destroyed."""
        return {month: bool(keys) for month, keys in sorted(self._keys.items())}

    @property
    def newest_at(self) -> Instant | None:
        """When the newest month began that has a data key."""
        held = [month for month, keys in self._keys.items() if keys]
        if not held:
            return None
        year, month = divmod(max(held), 100)
        return instant(datetime(year, month, 1, tzinfo=UTC))

    def reread(self) -> None:
        """Read the key file again; the secret must be the same.

        Raises:
            KeyFileError: it cannot be read, or is of another ledger.
        """
        content = read(self.file)[0]
        if content.secret != self._content.secret:
            raise KeyFileError(KeyFault.FOREIGN)
        self._content = content

    def put(self, month: int, keys: Sequence[MonthKey]) -> None:
        """Hold a month's data keys: the first seals, all open; none = they were destroyed."""
        self._keys[month] = keys
        self._locked.discard(month)
        self.lost.discard(month)

    def count(self, month: int) -> int:
        """Return how many data keys of a month are held."""
        return len(self._keys.get(month, ()))

    def lock(self, month: int) -> None:
        """Note that a month's data keys are there, and that this key file does not open them."""
        if month not in self._keys:
            self._locked.add(month)

    async def ready(self, *instants: Instant) -> None:
        """Hold the data keys of all months between instants, made where there are none.

        Raises:
            KeyFileError: they cannot be made or unwrapped with this key file.
            TimeoutError, SendFailed: the broker does not answer.
        """
        first, last = self._month(min(instants)), self._month(max(instants))
        if first in self._keys and last in self._keys:
            return
        missing = [month for month in _months(first, last) if month not in self._keys]
        if self.source is None:
            raise KeyNotLoaded
        await self.source.make(missing)

    def seal(self, text: str, at: Instant, bound: SealContext) -> str:
        """Seal a text under the data key of the month of `at`; the same text seals differently.

        Args:
            text: what is to be kept secret.
            at: the instant from which retention runs; only its month counts.
            bound: where it belongs; it opens nowhere else.

        Raises:
            KeyGone: that month's key was destroyed.
            KeyNotLoaded: it is not here; see `ready`.
        """
        return self.key(at).seal(text.encode(), bound)

    def seal_bytes(self, raw: bytes, at: Instant, bound: SealContext) -> str:
        """Seal bytes that need not be a text, as intake does; raises what `seal` raises."""
        return self.key(at).seal(raw, bound)

    def key(self, at: Instant) -> MonthKey:
        """Return the data key that seals in the month of `at`; raises what `seal` raises.

        It is asked for anew for every seal, for it may be destroyed.
        """
        keys = self._keys.get(self._days.get(at // _DAY_MS, 0))
        return keys[0] if keys else self._held(self._month(at))[0]

    def key_of(self, sealed: str) -> MonthKey:
        """Return the data key that seals in the month in which a text was sealed.

        What is said about a sealed text is kept as long as that itself.

        Raises:
            KeyGone: it was destroyed.
            KeyNotLoaded: it is not here.
            NotSealed: it is no sealed text.
        """
        return self._held(month_of(sealed))[0]

    async def unsealed(self, sealed: str, bound: SealContext) -> Sensitive[str]:
        """Open what `seal` made, with what `keys.v1` holds if the key is not yet here.

        Args:
            sealed: the sealed text.
            bound: where it was sealed for, not where it was passed on to.

        Raises:
            KeyGone: the month's key was destroyed, or never was in this ledger.
            KeyNotLoaded: it is not here, and this ring has no source to ask.
            NotSealed: it was not sealed by this ledger and for this place, or was changed.
            KeyFileError: the key cannot be unwrapped with this key file.
        """
        try:
            return self.open(sealed, bound)
        except (KeyNotLoaded, KeyFileError):
            if self.source is None:
                raise
        await self.source.read_on()
        try:
            return self.open(sealed, bound)
        except KeyNotLoaded:
            self._lose(month_of(sealed))
            raise KeyGone from None

    def _lose(self, month: int) -> None:
        if month not in self.lost:
            self.lost.add(month)
            log("keys").error(_LOST.format(month))

    def open(self, sealed: str, bound: SealContext) -> Sensitive[str]:
        """Open what `seal` made; raises what `unsealed` raises, and `KeyNotLoaded`."""
        try:
            return Sensitive(self._raw(sealed, bound).decode())
        except UnicodeDecodeError:
            raise NotSealed from None

    def open_bytes(self, sealed: str, bound: SealContext) -> Sensitive[bytes]:
        """Open what `seal_bytes` made; raises what `open` raises."""
        return Sensitive(self._raw(sealed, bound))

    def _raw(self, sealed: str, bound: SealContext) -> bytes:
        month, raw = taken_apart(sealed)
        keys = self._held(month)
        if len(keys) > 1:  # two processes made it at the same time
            for key in keys[:-1]:
                with suppress(NotSealed):
                    return key.open(raw, bound)
        return keys[-1].open(raw, bound)

    @property
    def hasher(self) -> KeyedHash:
        """The keyed hash itself, for who calls it for every record."""
        return self._hash

    def hash(self, purpose: str, text: str) -> str:
        """Return a keyed hash under the ledger's secret; see `schemas.identity.ids.KeyedHash`."""
        return self._hash(purpose, text)

    def url_key(self, url: CanonicalUrl) -> str:
        """Return the only name a URL has outside the sealed field."""
        return self._hash.url_key(url)

    def _held(self, month: int) -> Sequence[MonthKey]:
        keys = self._keys.get(month)
        if keys is None:
            return self._absent(month)
        if not keys:
            raise KeyGone
        return keys

    def _absent(self, month: int) -> Sequence[MonthKey]:
        if month in self._locked:
            raise KeyFileError(KeyFault.OUTDATED)
        raise KeyNotLoaded

    def _month(self, at: Instant) -> int:
        day = at // _DAY_MS
        month = self._days.get(day)
        if month is None:
            when = moment(at)
            month = when.year * 100 + when.month
            self._days[day] = month
        return month


def _months(first: int, last: int) -> list[int]:
    """Return the months (yyyymm) from one to another, both included."""
    begin, end = (month // 100 * 12 + month % 100 - 1 for month in (first, last))
    return [number // 12 * 100 + number % 12 + 1 for number in range(begin, end + 1)]
