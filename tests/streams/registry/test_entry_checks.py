"""What an entry may not say, with the line about it."""

import msgspec
import pytest

from schemas.records.registry import (
    HosterEntry,
    HotlineEntry,
    InclusionEntry,
    MethodEntry,
    NormEntry,
    Registry,
)
from streams.registry.entry_checks import (
    ENTRY_BYTES_MAX,
    RESERVED,
    TERM_MAX_S,
    entry_mistakes,
    group_mistakes,
)
from streams.registry.snapshot import UNKNOWN
from streams.rollup.case_figures import OTHER, TOTAL

HOSTER = HosterEntry(id="acme", version=1, valid_from=0, name="Acme")
HOTLINE = HotlineEntry(id="alpha", version=1, valid_from=0, name="Alpha")
NORM = NormEntry(id="nl", version=1, valid_from=0)
METHOD = MethodEntry(id="10", version=1, valid_from=0)
INCLUSION = InclusionEntry(id="acme", version=1, valid_from=0)
YEAR_MS = 365 * 86_400_000

SOUND: list[tuple[Registry, dict[str, object]]] = [
    (HOSTER, {}),
    (HOSTER, {"name": "Müller & Søn", "contacts": ("abuse@acme.example", "API 2")}),
    (HOSTER, {"group": "holding", "country": "NL", "asns": (1, 2), "prefixes": ("192.0.2.0/24",)}),
    (HOSTER, {"id": "as64500", "asns": (64500,)}),
    (HOSTER, {"until": 60 * YEAR_MS}),
    (HOTLINE, {}),
    (HOTLINE, {"id": "a" * 40, "jurisdiction": "nl"}),
    (NORM, {}),
    (NORM, {"id": "The Netherlands", "norms_s": (172_800, 86_400)}),
    (NORM, {"norms_s": (1, TERM_MAX_S), "sector_norm_s": 1}),
    (METHOD, {"summary": "First line.\nSecond line."}),
    (INCLUSION, {"id": UNKNOWN}),
    (INCLUSION, {"id": "as64500", "seed": "s"}),
]

WRONG: list[tuple[Registry, dict[str, object], str]] = [
    (METHOD, {"id": ""}, "an id must not be empty"),
    (NORM, {"id": "a/b"}, "an id must not be empty or hold a slash"),
    (NORM, {"id": " nl"}, "an id is one line"),
    (NORM, {"id": "n\nl"}, "an id is one line"),
    (METHOD, {"id": "m" * 201}, "an id is one line of at most 200"),
    (HOSTER, {"id": "acme\n"}, "an id has small letters"),
    (HOTLINE, {"id": "alpha\n"}, "an id has small letters"),
    (INCLUSION, {"id": "No Hoster"}, "an id has small letters"),
    (HOSTER, {"name": ""}, "name is blank"),
    (HOTLINE, {"name": " \t"}, "name is blank"),
    (HOSTER, {"name": "A" * 201}, "a name has at most 200 characters"),
    (HOTLINE, {"name": "A\nB"}, "name has a line break"),
    (HOSTER, {"name": "A\x1b[1m"}, "name has a line break or another character for control"),
    (HOSTER, {"name": "\ud800"}, "name has a line break or another"),
    (HOTLINE, {"jurisdiction": " "}, "jurisdiction is blank"),
    (HOSTER, {"contacts": ("",)}, "contact is blank"),
    (HOSTER, {"contacts": ("a@b.example", "A@b.example ")}, "contacts has a@b.example twice"),
    (HOSTER, {"organisations": (" ",)}, "organisation is blank"),
    (HOSTER, {"organisations": ("Acme  Org", "acme org")}, "organisations has acme org twice"),
    (HOSTER, {"asns": (64500, 64500)}, "asns has 64500 twice"),
    (HOSTER, {"asns": (0,)}, "an AS number lies between"),
    (HOSTER, {"prefixes": ("192.0.2.1/24",)}, "a prefix is no address block"),
    (HOSTER, {"prefixes": ("0.0.0.0/0",)}, "prefix 0.0.0.0/0 is every address"),
    (HOSTER, {"prefixes": ("::ffff:0:0/96",)}, "prefix 0.0.0.0/0 is every address"),
    (HOSTER, {"prefixes": ("192.0.2.0/24",) * 2}, "prefixes has 192.0.2.0/24 twice"),
    (HOSTER, {"names": ("*.acme.example",)}, "'*.acme.example' is no domain suffix"),
    (HOSTER, {"names": ("acme.example",) * 2}, "names has acme.example twice"),
    (HOSTER, {"group": "acme"}, "its group is itself"),
    (HOSTER, {"group": "Acme Holding"}, "group is no id of a hoster"),
    (HOSTER, {"group": "unknown"}, "group is no id of a hoster"),
    (HOSTER, {"country": "NL\n"}, "country is two capital letters"),
    (HOSTER, {"id": "other"}, "figures have a meaning of their own for this id"),
    (HOSTER, {"id": "as64500", "asns": (64501,)}, "cases of network as64500 have this id"),
    (HOSTER, {"id": "as064500", "asns": (64500,)}, "cases of network as064500 have this id"),
    (HOSTER, {"id": "hoster-0123456789ab"}, "reports give such names"),
    (HOTLINE, {"id": "own-page"}, "hosters' answers on their own pages have this id"),
    (HOSTER, {"until": 1_796_083_200}, "until lies before 2000"),
    (HOTLINE, {"until": 10**22}, "until lies before 2000 or after 2100"),
    (NORM, {"norms_s": ()}, "norms_s needs at least one term"),
    (NORM, {"norms_s": (0, 86_400)}, "norms_s needs at least one term above 0"),
    (NORM, {"norms_s": (86_400, 86_400)}, "norms_s has 86400 twice"),
    (NORM, {"norms_s": (86_400, TERM_MAX_S + 1)}, "norms_s has a term of more than ten years"),
    (NORM, {"norms_s": (3_600,)}, "sector_norm_s must be one of norms_s"),
    (NORM, {"norms_s": (3_600, 86_400)}, "norms_s has terms below sector_norm_s"),
    (METHOD, {"summary": "s" * 2_001}, "summary has at most 2000 characters"),
    (METHOD, {"summary": "\x07"}, "summary has at most 2000 characters, and none for control"),
    (INCLUSION, {"seed": "\n"}, "seed is blank"),
    (HOSTER, {"asns": tuple(range(1, ENTRY_BYTES_MAX // 6))}, "it has "),
]


@pytest.mark.parametrize(("entry", "fields"), SOUND)
def test_a_sound_entry_has_no_mistake(entry: Registry, fields: dict[str, object]) -> None:
    """Nothing that means what it says is refused."""
    assert entry_mistakes(msgspec.structs.replace(entry, **fields)) == []


@pytest.mark.parametrize(("entry", "fields", "said"), WRONG)
def test_a_mistake_has_a_line(entry: Registry, fields: dict[str, object], said: str) -> None:
    """One mistake is one line, which begins with what is wrong."""
    lines = entry_mistakes(msgspec.structs.replace(entry, **fields))
    assert [line[: len(said)] for line in lines if line.startswith(said)] == [said]
    assert all("\n" not in line for line in lines)
    told = {line for line in lines if not line.startswith(said)}
    assert not told or fields.keys() & {"norms_s", "id"}, told


def test_no_hoster_has_a_name_that_figures_use() -> None:
    """Each of them stands in the list."""
    assert {OTHER, TOTAL, UNKNOWN} == RESERVED


GROUPS = [
    ({"a": "", "b": "a"}, []),
    ({"a": "holding", "b": "holding"}, []),  # an owner needs no entry
    ({"a": "a", "b": "a"}, []),  # what older releases took for no group
    ({"a": "b", "b": "a"}, ["[[hoster]] a: the groups of a, b go in a circle"]),
    ({"a": "b", "b": "c", "c": "a"}, ["[[hoster]] a: the groups of a, b, c go in a circle"]),
    ({"a": "b", "b": "c"}, ["[[hoster]] a: its group b has the group c itself"]),
    (
        {"a": "b", "b": "c", "c": ""},
        ["[[hoster]] a: its group b has the group c itself; name the owner of both in both"],
    ),
    (
        {"a": "b", "b": "c", "c": "b"},
        ["[[hoster]] a: its group b has the group c itself", "[[hoster]] b: the groups of b, c go"],
    ),
]


@pytest.mark.parametrize(("groups", "said"), GROUPS)
def test_an_owner_has_no_owner(groups: dict[str, str], said: list[str]) -> None:
    """A chain is said of each hoster in it, a circle once; both name what to change."""
    hosters = [msgspec.structs.replace(HOSTER, id=id, group=g) for id, g in groups.items()]
    lines = group_mistakes(hosters, groups.keys())
    assert [line[: len(one)] for line, one in zip(lines, said, strict=True)] == said


def test_only_what_is_written_now_is_judged() -> None:
    """A chain that an older release took stops nobody, and one that ends is none."""
    chain = [msgspec.structs.replace(HOSTER, id=id, group=g) for id, g in (("a", "b"), ("b", "c"))]
    assert group_mistakes(chain, {"c", "other"}) == []
    assert len(group_mistakes(chain, {"a"})) == len(group_mistakes(chain, {"b"})) == 1
    circle = [*chain, msgspec.structs.replace(HOSTER, id="c", group="a")]
    assert [len(group_mistakes(circle, {id})) for id in "abc"] == [1, 1, 1]
    assert group_mistakes(circle, {"other"}) == []
    ended = msgspec.structs.replace(chain[0], until=0)
    assert group_mistakes([ended, chain[1]], {"a", "b"}) == []
