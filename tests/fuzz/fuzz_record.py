"""Records with any damage: what the inbox judges and what every topic's codec takes.

An input takes a valid example and damages it. Oracles: a hotline's record has one outcome, with a
closed reason if it is refused, and the same when it comes again. Its host stands in nothing that is
not sealed; a codec raises only `Rejected`, and what it takes it writes and takes again the same; a
packed state opened in parts says what it says as a whole.
"""

from pathlib import Path

from fuzz_bytes import Reader
from hotline_records import ADMISSION, SNAPSHOT, inbound, notice, others, report

from schemas import contract
from schemas.closed_lists import Result
from schemas.codec import HOTLINE, OUTCOME, QUARANTINED, REPORTS_ENTRY, STATE, Rejected
from schemas.identity.ids import canonical
from streams.intake.accepted_ids import AcceptedIdIndex
from streams.intake.judgement import Judgement

_SENT = tuple(HOTLINE.encode(record) for record in (report(), notice(), *others()))
_CODECS = dict(contract.contracts())
_EXAMPLES = tuple(
    (_CODECS[file.parts[-4]], file.read_bytes())
    for file in sorted(Path(contract.__file__).parent.glob("*/v*/valid/*.json"))
)
_STATES = tuple(STATE.encode(codec.decode(raw)) for codec, raw in _EXAMPLES if codec is STATE)
_KINDS = ("inbox", "topic", "state")
_EDITS = ("set", "insert", "cut", "double", "end")
_EDITS_MAX = 12
_HOST_LENGTH_MIN = 5  # a shorter one may stand in a word by chance


def check(data: bytes) -> None:
    """Judge one input: a kind, an example, and up to 12 edits of it."""
    reader = Reader(data)
    kind = reader.pick(_KINDS)
    if kind == "inbox":
        sent = reader.pick(_SENT)
        key = reader.pick((b"r1", b"n1", b"c1", b"\xff", b""))
        _check_inbox(_damaged(sent, reader), key)
    elif kind == "topic":
        codec, raw = reader.pick(_EXAMPLES)
        raw = _damaged(raw, reader)
        try:
            record = codec.decode(raw)
        except Rejected:
            return
        assert codec.decode(codec.encode(record)) == record, "written and read as another"
    else:
        _check_state(_damaged(reader.pick(_STATES), reader))


def _damaged(raw: bytes, reader: Reader) -> bytes:
    held = bytearray(raw)
    for _ in range(_EDITS_MAX):
        if not reader.left:
            break
        edit, at = reader.pick(_EDITS), reader.number(2) % (len(held) + 1)
        if edit == "set":
            held[at : at + 1] = reader.take(1)
        elif edit == "insert":
            held[at:at] = reader.take(reader.number() % 24)
        elif edit == "cut":
            del held[at : at + reader.number()]
        elif edit == "double":
            held[at:at] = held[at : at + reader.number()]
        else:
            del held[at:]
    return bytes(held)


def _check_inbox(value: bytes, key: bytes) -> None:
    record = inbound(value, key=key)
    judged = ADMISSION.judge(record, SNAPSHOT, AcceptedIdIndex())
    assert judged == ADMISSION.judge(record, SNAPSHOT, AcceptedIdIndex()), (
        "another word at the second time"
    )
    outcome = OUTCOME.encode(judged.outcome)
    assert OUTCOME.decode(outcome) == judged.outcome
    assert b"://" not in outcome
    refused = judged.outcome.result is Result.QUARANTINED
    assert (judged.quarantined is not None) == refused == (judged.outcome.reason is not None)
    assert (judged.entry is None) == refused
    if judged.quarantined is not None:
        assert QUARANTINED.decode(QUARANTINED.encode(judged.quarantined)) == judged.quarantined
    else:
        _check_sealed(judged, value)


def _check_sealed(judged: Judgement, value: bytes) -> None:
    assert judged.entry is not None
    entry = REPORTS_ENTRY.encode(judged.entry)
    assert REPORTS_ENTRY.decode(entry) == judged.entry
    host = canonical(HOTLINE.decode(value).url).host
    if "." in host and len(host) >= _HOST_LENGTH_MIN:
        written = (entry + OUTCOME.encode(judged.outcome)).decode().lower()
        assert host not in written, "a host outside the seal"


def _check_state(raw: bytes) -> None:
    try:
        state = STATE.decode(raw)
    except Rejected:
        return
    packed = STATE.encode(state)
    assert STATE.decode(packed) == state, "a state packed and opened as another"
    assert STATE.encode(STATE.decode(packed)) == packed
    reports, cases = STATE.figures(packed)
    assert reports == len(state.reports)
    assert len(cases) == len(state.cases)
