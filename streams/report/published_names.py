"""The names that hosters and owners have in a publication.

Who is judged has its own name, everybody else a pseudonym. An owner must not tell who stands behind
one: with a named hoster of the same owner beside it, whoever knows that owner's brands would know.
So the hosters of an owner that are judged, and those that are not, stand there as of two owners.
"""

from collections.abc import Iterable, Mapping

import msgspec

from schemas.identity.ids import Hash
from streams.report.cohort import Cohort, group_name, pseudonym
from streams.report.published_case import PublishedCase


def renamed(
    cases: Iterable[PublishedCase], names: Mapping[str, str], cohort: Cohort, hash: Hash
) -> list[PublishedCase]:
    """Return cases under the names of their publication, in the order of theirs.

    Args:
        cases: under the ids of the registry.
        names: of each hoster of these; who is judged keeps its own.
        cohort: of the publication.
        hash: makes names that hold in this publication alone.
    """
    found = list(cases)
    both = _with_both(found, names)

    def one(case: PublishedCase) -> PublishedCase:
        name, target, group = names[case.hoster], case.moved_to, case.group
        if target:
            target = names.get(target) or pseudonym(target, cohort, hash)
        if group in both and name != case.hoster:
            group = group_name(f"{group}\0not judged", cohort, hash)
        return msgspec.structs.replace(case, hoster=name, moved_to=target, group=group)

    return sorted(map(one, found), key=lambda case: case.case)


def _with_both(cases: Iterable[PublishedCase], names: Mapping[str, str]) -> frozenset[str]:
    """Return the owners of which some hosters are judged and some are not."""
    hosters: dict[str, set[bool]] = {}
    for case in cases:
        hosters.setdefault(case.group, set()).add(names[case.hoster] == case.hoster)
    return frozenset(group for group, are_judged in hosters.items() if len(are_judged) > 1)
