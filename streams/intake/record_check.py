"""Whether a record that is sent can be accepted, before it is written anywhere.

The answer is the judgement of intake, which sees the record later, as far as that needs nothing
that was accepted before. Beyond it, a record with content or with a field that no record has is
refused. Intake passes such a field over, but here its sender can still mend it, and nothing of it
is written.
"""

from enum import StrEnum

from schemas.codec import Rejected, decode_hotline
from schemas.moments import Instant
from schemas.records.hotline import RECORD_BYTES_MAX, HotlineRecord
from streams.intake.admission import admissible
from streams.intake.carried_content import carries_content, text_carries_content
from streams.intake.content import digest_of, times_of
from streams.intake.record_fields import FIELDS, fields_of, with_unknown_field


class Inadmissible(StrEnum):
    """Why a record is refused before it is written anywhere."""

    MALFORMED = "malformed"  # as in `Quarantine`; or a field is named twice
    UNKNOWN_TYPE = "unknown_type"  # a record type this version does not know
    UNKNOWN_VERSION = "unknown_version"  # a record version this version does not know
    UNKNOWN_FIELD = "unknown_field"  # a field that no record of its type has
    CONTENT = "content"  # an image, another file or a long run of base64
    TOO_LARGE = "too_large"  # a record over 16 KiB, or a URL over 4,096 bytes
    BAD_URL = "bad_url"  # no http(s) URL with a host
    FUTURE_TIME = "future_time"  # a time more than 5 min ahead
    CONFLICT = "conflict"  # an earlier record of the request has the id and other content


class RefusedRecord(Exception):
    """A record cannot be accepted.

    Attributes:
        reason: why, from the closed list.
        field: the one of `record_fields.FIELDS` that is wrong; None = the record as a whole.
    """

    def __init__(self, reason: Inadmissible, field: str | None = None) -> None:
        """Keep the reason; the message holds nothing else."""
        super().__init__(reason.value)
        self.reason = reason
        self.field = field if field in FIELDS else None


class RecordCheck:
    """Validates the records of one request.

    Args:
        now: the earliest instant at which the broker takes them.
    """

    def __init__(self, now: Instant) -> None:
        """Know no id yet."""
        self._now = now
        self._records: dict[str, HotlineRecord] = {}

    def validated(self, raw: bytes) -> HotlineRecord:
        """Return a record that intake can accept.

        What was accepted before is not known here. So intake alone finds an id of an earlier
        request with other content, and too many records of one URL.

        Args:
            raw: JSON.

        Raises:
            RefusedRecord: it is refused.
        """
        record = _decoded(raw)
        try:
            admissible(record, times_of(record), self._now)
        except Rejected as rejected:
            raise _refused(rejected) from None
        before = self._records.setdefault(record.id, record)
        if before is not record and digest_of(before) != digest_of(record):
            raise RefusedRecord(Inadmissible.CONFLICT, "id")
        return record


def _decoded(raw: bytes) -> HotlineRecord:
    fields = fields_of(raw) if len(raw) <= RECORD_BYTES_MAX else None
    if fields is None:
        carries = text_carries_content(raw[:RECORD_BYTES_MAX].decode("latin-1"))
    else:
        carries = carries_content(fields)
    if carries:
        raise RefusedRecord(Inadmissible.CONTENT, _carrier(fields))
    try:
        record = decode_hotline(raw)
    except Rejected as rejected:
        raise _refused(rejected) from None
    if not isinstance(fields, dict):  # a field is named twice: readers differ in which counts
        raise RefusedRecord(Inadmissible.MALFORMED)
    where = with_unknown_field(fields)
    if where is not None:
        raise RefusedRecord(Inadmissible.UNKNOWN_FIELD, where)
    return record


def _carrier(fields: object) -> str | None:
    """Return the field of a record that carries content; None = it is no record."""
    if not isinstance(fields, dict):
        return None
    return next((name for name, value in fields.items() if carries_content({name: value})), None)


def _refused(rejected: Rejected) -> RefusedRecord:
    return RefusedRecord(Inadmissible(rejected.reason.value), rejected.field)
