"""What an entry of the registry may say when it is applied; one that is in the ledger stays read.

Refused is what would be passed over in silence, and what would mean another thing than its writer
thought. Each mistake is one line that names the entry and says what to do.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from typing import Final

import msgspec

from schemas.records.registry import (
    HosterEntry,
    HotlineEntry,
    InclusionEntry,
    MethodEntry,
    NormEntry,
    Registry,
)
from schemas.records.reports import OWN_PAGE, PSEUDONYM, HosterId
from streams.registry.claims import address_block, name_suffix
from streams.registry.hoster_index import casefolded

TEXT_MAX: Final = 200
"""Characters of a name, an id or a contact. One of thousands takes minutes to set as PDF."""

SUMMARY_MAX: Final = 2_000
"""Characters of what a method changed."""

TERM_MAX_S: Final = 10 * 365 * 86_400
"""The longest term: ten years."""

ENTRY_BYTES_MAX: Final = 900_000
"""Of an entry as it is written; the broker takes no record of more than a million."""

RESERVED: Final = frozenset({"other", "total", "unknown"})
"""What figures and notices call several hosters, all of them, and nobody."""

_SLUG: Final = re.compile("[a-z0-9][a-z0-9-]{0,39}")
_COUNTRY: Final = re.compile(r"[A-Z]{2}|\?\?")
_NETWORK: Final = re.compile("as[0-9]+")
_YEAR_2000: Final = 946_684_800_000
_YEAR_2100: Final = 4_102_444_800_000


def entry_mistakes(entry: Registry) -> list[str]:
    """Return a line for each thing that is wrong with an entry by itself, without its name."""
    return [*_id(entry), *_texts(entry), *_end(entry), *_of_kind(entry), *_size(entry)]


def group_mistakes(hosters: Iterable[HosterEntry], new: AbstractSet[HosterId]) -> list[str]:
    """Return a line for each hoster whose group has another group: cases go by one owner.

    Args:
        hosters: all that would hold, the newest of each id.
        new: ids of those that are about to be written. What the ledger has already stops nobody
            who writes about others.
    """
    held = {one.id: one for one in hosters if one.until is None}
    lines: list[str] = []
    for id, hoster in sorted(held.items()):
        owner = held.get(hoster.group)
        if owner is None or owner.group in {"", owner.id}:
            continue
        owners = _owners(id, held)
        if owners[-1] != id:
            if not new.isdisjoint({id, owner.id}):
                said = f"its group {owner.id} has the group {owner.group} itself"
                lines.append(f"[[hoster]] {id}: {said}; name the owner of both in both")
        elif id == min(owners) and not new.isdisjoint(owners):
            said = f"the groups of {', '.join(sorted(owners))} go in a circle"
            lines.append(f"[[hoster]] {id}: {said}; leave out `group` of their owner")
    return lines


def _owners(id: HosterId, held: Mapping[HosterId, HosterEntry]) -> list[HosterId]:
    """Return who owns whom from a hoster on; it ends with the hoster in a circle."""
    owners: list[HosterId] = []
    at = id
    while (entry := held.get(at)) is not None and entry.group and entry.group not in owners:
        at = entry.group
        owners.append(at)
    return owners


def _id(entry: Registry) -> Iterator[str]:
    id = entry.id
    if not id or "/" in id:
        yield "an id must not be empty or hold a slash; give it one"
    elif isinstance(entry, HosterEntry | HotlineEntry | InclusionEntry):
        if _SLUG.fullmatch(id) is None:
            yield "an id has small letters, digits and `-` only, at most 40; choose another"
    elif id != id.strip() or not id.isprintable() or len(id) > TEXT_MAX:
        yield f"an id is one line of at most {TEXT_MAX} characters without outer blanks; mend it"


def _texts(entry: Registry) -> Iterator[str]:
    """Judge what people read, and what a recipient or an organisation is found by."""
    match entry:
        case HosterEntry():
            yield from _text("name", entry.name)
            yield from _list("contact", entry.contacts)
            yield from _list("organisation", entry.organisations)
        case HotlineEntry():
            yield from _text("name", entry.name)
            yield from _text("jurisdiction", entry.jurisdiction)
        case InclusionEntry(seed=seed) if seed:
            yield from _text("seed", seed)
        case MethodEntry():
            if len(entry.summary) > SUMMARY_MAX or not _lines_printable(entry.summary):
                yield f"summary has at most {SUMMARY_MAX} characters, and none for control"
        case _:
            pass


def _text(field: str, said: str) -> Iterator[str]:
    if not said.strip():
        yield f"{field} is blank; fill it in"
    elif len(said) > TEXT_MAX:
        yield f"a {field} has at most {TEXT_MAX} characters; shorten it"
    elif not said.isprintable():
        yield f"{field} has a line break or another character for control; take it out"


def _list(field: str, said: Iterable[str]) -> Iterator[str]:
    for one in said:
        yield from _text(field, one)
    yield from _twice(f"{field}s", (casefolded(one) for one in said))


def _twice(field: str, values: Iterable[object]) -> Iterator[str]:
    seen: set[object] = set()
    for one in values:
        if one in seen:
            yield f"{field} has {one} twice; write it once, or what was meant in its place"
        seen.add(one)


def _lines_printable(text: str) -> bool:
    return all(line.isprintable() for line in text.split("\n"))


def _end(entry: Registry) -> Iterator[str]:
    until: int | None = getattr(entry, "until", None)  # methods have none
    if until is not None and not _YEAR_2000 <= until < _YEAR_2100:
        yield "until lies before 2000 or after 2100; write a time such as 2026-12-01T00:00:00Z"


def _of_kind(entry: Registry) -> Iterator[str]:
    match entry:
        case HosterEntry():
            yield from _hoster(entry)
            yield from _claims(entry)
        case NormEntry():
            yield from _norm(entry)
        case HotlineEntry(id=id) if id == OWN_PAGE:
            yield "hosters' answers on their own pages have this id; choose another"
        case _:
            pass


def _hoster(entry: HosterEntry) -> Iterator[str]:
    if PSEUDONYM.fullmatch(entry.id):
        yield "reports give such names to hosters they do not judge; choose another id"
    if entry.id in RESERVED:
        yield "figures have a meaning of their own for this id; choose another"
    if _NETWORK.fullmatch(entry.id) and entry.id not in {f"as{asn}" for asn in entry.asns}:
        yield f"cases of network {entry.id} have this id; add it to asns or choose another id"
    if _COUNTRY.fullmatch(entry.country) is None:
        yield "country is two capital letters, such as NL; leave it out if nobody knows it"
    if entry.group == entry.id:
        yield "its group is itself; leave `group` out"
    elif entry.group in RESERVED or (entry.group and _SLUG.fullmatch(entry.group) is None):
        yield "group is no id of a hoster; write the id of its owner, or leave it out"


def _claims(entry: HosterEntry) -> Iterator[str]:
    if any(not 0 < asn < 1 << 32 for asn in entry.asns):
        yield "an AS number lies between 1 and 4294967295"
    yield from _twice("asns", entry.asns)
    for prefix in entry.prefixes:
        block = address_block(prefix, strict=True)
        if block is None:
            yield "a prefix is no address block, such as 192.0.2.0/24"
        elif block.prefixlen == 0:
            yield f"prefix {block} is every address there is; name its own blocks"
    yield from _twice("prefixes", entry.prefixes)
    for name in entry.names:
        if name_suffix(name) is None:
            yield (
                f"{name!r} is no domain suffix, such as shop.example; write it "
                "without *, scheme, port and path, and an address as a prefix"
            )
    yield from _twice("names", entry.names)


def _norm(entry: NormEntry) -> Iterator[str]:
    if not entry.norms_s or min(entry.norms_s) <= 0:
        yield "norms_s needs at least one term above 0, and none of less"
    elif max(entry.norms_s) > TERM_MAX_S:
        yield f"norms_s has a term of more than ten years, {TERM_MAX_S} s; write seconds"
    yield from _twice("norms_s", entry.norms_s)
    if entry.sector_norm_s not in entry.norms_s:
        yield "sector_norm_s must be one of norms_s"
    elif min(entry.norms_s) < entry.sector_norm_s:
        yield "norms_s has terms below sector_norm_s, which judge no case; take them out"


def _size(entry: Registry) -> Iterator[str]:
    try:
        size = len(msgspec.json.encode(entry))
    except UnicodeEncodeError:  # said already: half a character is not printable
        return
    if size > ENTRY_BYTES_MAX:
        yield f"it has {size} bytes, and an entry at most {ENTRY_BYTES_MAX}; divide or shorten it"
