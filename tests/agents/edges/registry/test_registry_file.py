"""The operator's file."""

from pathlib import Path

import pytest

from agents.edges.registry.registry_file import RegistryFileError, claims, orphans, parse, written
from schemas.records.registry import HosterEntry, HotlineEntry, NormEntry

EXAMPLE = Path(__file__).parents[4] / "deploy" / "hosters.example.toml"
HOSTER = "[[hoster]]\nid = 'a'\nname = 'A'\n"
END = "until = 2026-01-01T00:00:00Z"


def test_the_shipped_registry_parses_and_is_sound():
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
    line = '[[hotline]]\nid = "a"\nname = "A"\nuntil = 2026-12-01T01:00:00'
    (entry,) = parse(line + "+01:00")
    assert isinstance(entry, HotlineEntry)
    assert entry.until == 1_796_083_200_000
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
        ('{"hoster": [], "norm": [], "hoster": []}', "not JSON: 'hoster' stands twice"),
        ('{"hoster": [{"id": "a", "name": "A", "id": "b"}]}', "not JSON: 'id' stands twice"),
        ('{"hoster": ' + "[" * 5_000, "not JSON"),
        ("hoster = " + "[" * 5_000, "not TOML"),
        ("hoster = 1" + "0" * 5_000, "not TOML"),
        ('[[norm]]\nid = "a\\nb"', r"\[\[norm\]\] number 1: an id is one line"),
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
        (f"{HOSTER}prefixes = ['::ffff:192.0.2.1/120']", "a: a prefix"),
        (f"{HOSTER}names = ['*.shop.example']", r"a: '\*.shop.example' is no domain suffix"),
        (f"{HOSTER}names = ['https://shop.example']", "is no domain suffix"),
        (f"{HOSTER}names = ['192.0.2.1']", "an address as a prefix"),
        (f"{HOSTER}organisations = [' ']", "a: organisation is blank"),
        ("[[hoster]]\nid = 'a'\nname = 'A'\n[[hoster]]\nid = 'a'\nname = 'B'", "a: stands twice"),
        ("[[hotline]]\nid = 'a'\nname = 'A'\nmode = 'loud'", "number 1: .*mode"),
        ("[[norm]]\nid = 'a'\nnorms_s = []", "a: norms_s needs"),
        ("[[norm]]\nid = 'a'\nnorms_s = [3600]", "a: sector_norm_s must be one of"),
        ("[[method]]\nid = 'a/b'", "slash"),
        (f"[[hoster]]\nid = 'a'\nname = '{'A' * 201}'", "a: a name has at most 200"),
        (f"[[hotline]]\nid = 'a'\nname = '{'A' * 201}'", "a: a name has at most 200"),
        ("[[hoster]]\nid = 'hoster-0123456789ab'\nname = 'A'", "hoster-0123456789ab: reports"),
        ("[[hotline]]\nid = 'own-page'\nname = 'A'", "own-page: hosters' answers"),
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


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "[[hotline]]\nid = 'a'\nname = 'A'\njurisdiction = 'nll'\n[[norm]]\nid = 'nl'",
            "[[hotline]] a: jurisdiction nll has no [[norm]] that goes on; did you mean nl?",
        ),
        (
            f"[[hotline]]\nid = 'a'\nname = 'A'\njurisdiction = 'nl'\n[[norm]]\nid = 'nl'\n{END}",
            "[[hotline]] a: jurisdiction nl has no [[norm]] that goes on",
        ),
        (
            "[[inclusion]]\nid = 'acne'\n[[hoster]]\nid = 'acme'\nname = 'A'",
            "[[inclusion]] acne: there is no [[hoster]] of this id that goes on; did you mean",
        ),
        (
            f"{HOSTER}group = 'b'\n[[hoster]]\nid = 'b'\nname = 'B'\n{END}",
            "[[hoster]] a: its group b is a hoster that ends; give it another group",
        ),
    ],
)
def test_an_entry_that_needs_another_is_refused_with_what_would_fit(text, said):
    """A line names the entry, what it lacks, and the nearest that there is."""
    (line,) = orphans(parse(text))
    assert line.startswith(said)


def test_what_needs_no_entry_or_ends_itself_is_no_orphan():
    """The default norms, a hoster known by its network, and entries that have an end."""
    text = f"""
        [[hotline]]\nid = 'a'\nname = 'A'
        [[hotline]]\nid = 'b'\nname = 'B'\njurisdiction = 'nl'\n{END}
        [[inclusion]]\nid = 'as64500'
        [[inclusion]]\nid = 'acme'\n{END}
        [[hoster]]\nid = 'acme'\nname = 'A'\n{END}
    """
    assert orphans(parse(text)) == []
    assert orphans(parse(EXAMPLE.read_text(encoding="utf-8"))) == []


def test_what_a_hoster_claims_is_kept_as_it_is_met():
    """A mapped prefix becomes the IPv4 block, a name its A-labels, so that both are found."""
    claim = (
        "prefixes = ['::ffff:192.0.2.0/120', '192.0.2.0/24']\n"
        "names = ['Müller.example.', 'xn--mller-kva.example']"
    )
    (entry,) = parse(HOSTER + claim)
    assert isinstance(entry, HosterEntry)
    assert entry.prefixes == ("192.0.2.0/24",)
    assert entry.names == ("xn--mller-kva.example",)
    assert parse(written([entry]).decode()) == [entry]


def test_two_forms_of_one_claim_are_one():
    """An entry of an older release has its claims as they were written; they clash all the same."""
    held = {"version": 1, "valid_from": 0}
    old = HosterEntry(
        id="old",
        name="old",
        prefixes=("::ffff:192.0.2.0/120", "no block"),
        names=("müller.example", "*.x"),
        **held,
    )
    new = HosterEntry(
        id="new",
        name="new",
        prefixes=("192.0.2.0/24",),
        names=("xn--mller-kva.example",),
        **held,
    )
    assert claims([old, new]) == [
        "192.0.2.0/24 is claimed by old and by new",
        "xn--mller-kva.example is claimed by old and by new",
    ]
