"""Files of records."""

import gzip
import os
import random
from collections import Counter
from pathlib import Path

import pytest
from hotline_records import report

from agents.edges.files.source_file import FileRecord, SourceFile
from agents.errors import UserError
from schemas.closed_lists import Guess
from schemas.codec import HOTLINE, Rejected, decode_hotline
from schemas.records.hotline import RECORD_BYTES_MAX, Report

HEADER = "id,dateadded,url,status,last_online"
ROWS = [
    f"{100 + n},2026-02-07 00:01:{n:02},http://192.0.2.{n}/x,offline,2026-02-08 00:00:00"
    for n in range(10)
]
DUMP = Path(os.environ.get("REAL_DATA", "../shared/data")) / "urlhaus_recent_2026-03-09.csv.gz"


def _read(path: Path, content: bytes) -> tuple[SourceFile, list[FileRecord]]:
    path.write_bytes(content)
    source = SourceFile.read(path)
    return source, list(source.records())


def _whole(records: list[FileRecord]) -> list[Report]:
    """Return those that intake would decode under their own key."""
    found = []
    for record in records:
        try:
            decoded = decode_hotline(record.value)
        except Rejected:
            continue
        assert isinstance(decoded, Report)
        assert decoded.id.encode() == record.key
        found.append(decoded)
    return found


def test_what_is_no_file_of_records_is_refused_before_it_is_read(tmp_path):
    """Keys would stand in the inbox in clear; a pipe would be waited for."""
    with pytest.raises(UserError, match="holds keys"):
        _read(tmp_path / "keys.json", b'{\n  "v": 2,\n  "master": "AA=="\n}\n')
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(UserError, match="no regular file"):
        SourceFile.read(tmp_path / "pipe")


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_rows_are_read_however_the_file_is_written(tmp_path, end, mark, pack):
    """Line ends, a byte order mark, comments, blank lines and packing change no record."""
    lines = ["# a comment", "####", HEADER, *ROWS[:5], "", "  ", "# end", HEADER, *ROWS[5:]]
    text = mark + end.join(lines) + end
    _, records = _read(tmp_path / "f", pack(text.encode()))
    assert [whole.id for whole in _whole(records)] == [str(100 + n) for n in range(10)]
    assert len(records) == 10
    assert records[0].number == 4


def test_digest_is_of_the_content_and_not_of_its_packing(tmp_path):
    """A file handed in packed and again unpacked is the same file."""
    content = "\n".join([HEADER, *ROWS]).encode()
    plain, _ = _read(tmp_path / "a", content)
    packed, _ = _read(tmp_path / "b", gzip.compress(content))
    assert plain.digest == packed.digest
    other, _ = _read(tmp_path / "c", content + b"\n")
    assert other.digest != plain.digest


@pytest.mark.parametrize(
    "line",
    [
        b"\xff\xfe" + ROWS[3].encode(),
        ROWS[3].encode() + b"\x00",
        ROWS[3][:30].encode(),
        ROWS[3][30:].encode(),
        ROWS[3].encode().replace(b"http", b'"http'),
        b'#tag",r,offline,2026-02-08 00:00:00',
        b"x" * (3 * RECORD_BYTES_MAX),
        b"{}",
        b"\\",
    ],
)
def test_unreadable_line_is_handed_on_and_the_rest_goes_on(tmp_path, line):
    """A bad line is sent as it stands under a key of its own; no other line is touched."""
    rows = [row.encode() for row in ROWS]
    content = b"\n".join([HEADER.encode(), *rows[:3], line, *rows[4:]])
    source, records = _read(tmp_path / "f", content)
    assert len(_whole(records)) == 9
    bad = records[3]
    assert bad.value == line[: RECORD_BYTES_MAX + 1]
    assert bad.key == f"{source.digest[:32]}.5".encode()


def test_row_that_lost_digits_of_its_id_is_taken_apart_and_flagged(tmp_path):
    """A shorter id among rows added before it may be a cut one: it takes no other row's id."""
    rows = [*ROWS[:9], ROWS[9][2:]]
    _, records = _read(tmp_path / "f", "\n".join([HEADER, *rows]).encode())
    assert [record.guess for record in records] == [*[None] * 9, Guess.SHORT_ID]
    *whole, cut = _whole(records)
    assert len(whole) == 9
    assert cut.id not in {found.id for found in whole}
    assert records[9].key == cut.id.encode()


def test_a_row_of_an_odd_id_costs_no_other_row(tmp_path):
    """One row with an id far too long, and early, is taken like all the others around it."""
    odd = ROWS[0].replace(ROWS[0].split(",")[0], "9" * 15, 1)
    _, records = _read(tmp_path / "f", "\n".join([HEADER, odd, *ROWS]).encode())
    assert len(_whole(records)) == len(ROWS) + 1
    assert not any(record.guess for record in records)


def test_json_lines_are_sent_as_they_stand(tmp_path):
    """Records of NDJSON keep their bytes and their key; a cut one has a key of its own."""
    whole = [HOTLINE.encode(report(f"r{n}")) for n in range(3)]
    content = b"\xef\xbb\xbf" + b"\r\n".join([*whole, whole[0][:50], whole[0][50:]])
    source, records = _read(tmp_path / "f.ndjson.gz", gzip.compress(content))
    assert [record.value for record in records[:3]] == whole
    assert [record.key for record in records[:3]] == [b"r0", b"r1", b"r2"]
    own = [f"{source.digest[:32]}.{number}".encode() for number in (4, 5)]
    assert [record.key for record in records[3:]] == own
    assert len(_whole(records)) == 3


def test_json_is_recognised_by_its_first_line(tmp_path):
    """A file of any name that starts with a JSON object is NDJSON."""
    _, records = _read(tmp_path / "f.txt", HOTLINE.encode(report("r1")) + b"\n")
    assert [record.key for record in records] == [b"r1"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "no header and no record"),
        (b"# only a comment\n", "no header and no record"),
        (ROWS[0].encode(), "line 1 begins no known format"),
        (gzip.compress(HEADER.encode(), mtime=0)[:-9], "damaged or cut off"),
        (gzip.compress(HEADER.encode(), mtime=0)[:-8] + b"\0" * 8, "damaged or cut off"),
        (b"\x1f\x8b" + b"no gzip at all", "damaged or cut off"),
    ],
)
def test_file_of_no_known_kind_is_refused_in_one_line(tmp_path, content, said):
    """A file that cannot be taken as a whole is refused before anything is handed in."""
    with pytest.raises(UserError, match=said) as refused:
        _read(tmp_path / "f.csv", content)
    assert "\n" not in str(refused.value)


def test_missing_file_and_folder_are_refused(tmp_path):
    """What cannot be opened is said to be so."""
    for path, said in ((tmp_path / "none", "cannot be read"), (tmp_path, "no regular file")):
        with pytest.raises(UserError, match=said):
            SourceFile.read(path)


@pytest.mark.skipif(not DUMP.exists(), reason="REAL_DATA names no folder with the dump")
def test_real_dump_is_read_whole():
    """All 19,495 rows of the dump of 2026-03-09 are reports; 1,706 were never online."""
    reports = _whole(list(SourceFile.read(DUMP).records()))
    assert len(reports) == len({found.id for found in reports}) == 19_495
    assert sum(found.source.last_online is None for found in reports) == 1_706
    states = Counter(found.source.status for found in reports)
    assert states == {"offline": 17_556, "online": 1_939}


@pytest.mark.skipif(not DUMP.exists(), reason="REAL_DATA names no folder with the dump")
def test_real_dump_shuffled_doubled_and_cut_yields_no_new_record(tmp_path):
    """Of shuffled, doubled and halved rows, those that are whole are records, and no others."""
    chance = random.Random(1)
    header, *rows = gzip.decompress(DUMP.read_bytes()).decode().splitlines()
    known = {record.value for record in SourceFile.read(DUMP).records()}
    chosen = [*rows, *chance.sample(rows, len(rows) // 10)]
    chance.shuffle(chosen)
    halved = set(chance.sample(range(len(chosen)), 500))
    lines = [
        row[: chance.randrange(1, len(row))] if n in halved else row for n, row in enumerate(chosen)
    ]
    lines += [row[chance.randrange(1, len(row)) :] for row in chance.sample(rows, 500)]
    _, records = _read(tmp_path / "f.csv", "\n".join([header, *lines]).encode())
    assert len(records) == len(lines)
    whole = [HOTLINE.encode(found) for found in _whole([r for r in records if not r.guess])]
    assert len(whole) == len(chosen) - 500
    assert set(whole) <= known
