"""The operator's file."""

from pathlib import Path

import pytest

from agents.edges.registry.registry_file import RegistryFileError, claims, parse, written
from schemas.records.registry import HosterEntry, HotlineEntry, NormEntry

EXAMPLE = Path(__file__).parents[4] / "deploy" / "hosters.example.toml"


def test_example_is_right():
    """The example that ships parses, no network is claimed twice, and its kinds are all there."""
    entries = parse(EXAMPLE.read_text(encoding="utf-8"))
    assert claims(entries) == []
    hosters = {entry.id: entry for entry in entries if isinstance(entry, HosterEntry)}
    assert len(hosters) >= 25
    assert hosters["cloudflare"].type == "proxy"
    assert hosters["linode"].asns == (63949,)
    assert hosters["linode"].type == "hosting"
    assert any(isinstance(entry, HotlineEntry) for entry in entries)
    assert any(isinstance(entry, NormEntry) and entry.id == "default" for entry in entries)


def test_what_is_written_is_read_again():
    """As JSON, without version and date, which an entry is given when it is applied."""
    entries = parse(EXAMPLE.read_text(encoding="utf-8"))
    text = written(entries).decode()
    assert text.startswith("{")
    assert parse(text) == entries
    assert parse(written([]).decode()) == []


def test_a_hotlines_end_is_a_time_with_its_zone():
    """TOML's own form of a time; one without a zone is nobody's."""
    line = '[[hotline]]\nid = "a"\nname = "A"\nuntil = 1970-01-02T01:00:00'
    (entry,) = parse(line + "+01:00")
    assert isinstance(entry, HotlineEntry)
    assert entry.until == 86_400_000
    assert parse(written([entry]).decode()) == [entry]
    with pytest.raises(RegistryFileError, match="until: a time has its zone"):
        parse(line)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[hoster]", "not TOML"),
        (" {", "not JSON"),
        ('{"company": []}', r"\[\[company\]\]: no such table"),
        ('{"hoster": [{"id": "A", "name": "A"}]}', "number 1: .*id"),
        ("[[company]]\nid = 'a'", r"\[\[company\]\]: no such table"),
        ("[hoster]\nid = 'a'", "two brackets"),
        ("hoster = 3", "two brackets"),
        ("hoster = [3]", r"\[\[hoster\]\] number 1: not a table"),
        ("[[hoster]]\nname = 'A'", r"\[\[hoster\]\] number 1: .*`id`"),
        ("[[hoster]]\nid = 'A'\nname = 'A'", "number 1: .*id"),
        ("[[hostr]]\nid = 'a'", "no such table; did you mean hoster"),
        ("[[hoster]]\nid = 'a'\nname = 'A'\nasn = 3", "no such field: asn; did you mean asns"),
        (
            "[[hotline]]\nid = 'a'\nname = 'A'\nmode = 'histric'",
            r"number 1: .*mode.*; did you mean historic\? \(there are: delivery, historic, ",
        ),
        ("[[hoster]]\nid = 'a'\nname = 'A'\nversion = 3", "no such field: version"),
        ("[[hoster]]\nid = 'a'\nname = 'A'\nasns = ['AS1']", "number 1: .*asns"),
        ("[[hoster]]\nid = 'a'\nname = 'A'\nasns = [0]", "a: an AS number"),
        ("[[hoster]]\nid = 'a'\nname = 'A'\nprefixes = ['192.0.2.1/24']", "a: a prefix"),
        ("[[hoster]]\nid = 'a'\nname = 'A'\n[[hoster]]\nid = 'a'\nname = 'B'", "a: stands twice"),
        ("[[hotline]]\nid = 'a'\nname = 'A'\nmode = 'loud'", "number 1: .*mode"),
        ("[[norm]]\nid = 'a'\nnorms_s = []", "a: norms_s needs"),
        ("[[norm]]\nid = 'a'\nnorms_s = [3600]", "a: sector_norm_s must be one of"),
        ("[[method]]\nid = 'a/b'", "slash"),
    ],
)
def test_mistake_is_named_in_a_line(text, said):
    """Each mistake ends in a line that names where it is and what is wrong."""
    with pytest.raises(RegistryFileError, match=said):
        parse(text)


def test_all_mistakes_are_named_at_once():
    """Nobody mends a file mistake by mistake."""
    with pytest.raises(RegistryFileError) as refused:
        parse("[[company]]\n[[hoster]]\nid = 'a'\n[[norm]]\nid = 'b'\nnorms_s = [-1]")
    assert len(str(refused.value).splitlines()) == 4


@pytest.mark.parametrize(
    "claim",
    [
        "asns = [64500]",
        "prefixes = ['2001:db8::/32']",
        "names = ['cdn.example']",
        "organisations = ['Org']",
    ],
)
def test_two_owners_of_one_network_are_named(claim):
    """Attribution names one hoster per network, block, name and organisation."""
    text = f"[[hoster]]\nid = 'a'\nname = 'A'\n{claim}\n[[hoster]]\nid = 'b'\nname = 'B'\n{claim}"
    lines = claims(parse(text))
    assert len(lines) == 1
    assert lines[0].endswith("is claimed by a and by b")
