"""Ids of cases in little room: reckoned where that gives them, kept where it does not.

An id is made from the owner that a case was first placed at, and from how many cases came before it
(`schemas.identity.ids.case_id`). A rollup holds neither of them. A case keeps its id when its
hoster gets another owner, its network gets a name, or a decision gives it to somebody else. So the
id in each record is compared with the one that is reckoned.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from schemas.closed_lists import Role
from schemas.identity.ids import case_id

_BETWEEN: Final = " "

_Group: TypeAlias = tuple[str, Role]


@dataclass(frozen=True, slots=True)
class GroupIds:
    """The ids of a hoster's cases in a role.

    Attributes:
        role: the role.
        owner: from which the ids are reckoned.
        kept: those of URLs that cannot all be reckoned, by URL key, with a blank between them.
    """

    role: Role
    owner: str
    kept: Mapping[bytes, str]

    def of(self, url_key: bytes, ordinal: int) -> str:
        """Return the id of a URL's case.

        Args:
            url_key: its 16 raw bytes.
            ordinal: which of the URL's cases in this group it is, from 0.
        """
        kept = self.kept.get(url_key)
        if kept is not None:
            return kept.split(_BETWEEN)[ordinal]
        return case_id(url_key.hex(), self.owner, self.role, ordinal)


@dataclass(slots=True)
class CaseIds:
    """The ids of all cases of a table, by hoster and role."""

    _owners: dict[_Group, str] = field(default_factory=dict)
    _kept: dict[_Group, dict[bytes, str]] = field(default_factory=dict)

    def take(self, group: _Group, url_key: bytes, owner: str, ids: Sequence[str]) -> None:
        """Take in the ids of a URL's cases in a group; `drop` was called for older ones.

        Args:
            group: the hoster and the role.
            url_key: 16 raw bytes.
            owner: the cases' by now. That of the first cases of a group is the one to reckon from.
            ids: of the cases, in their order.
        """
        key, owner, role = url_key.hex(), self._owners.setdefault(group, owner), group[1]
        for ordinal, id in enumerate(ids):
            if id != case_id(key, owner, role, ordinal):
                self._kept.setdefault(group, {})[url_key] = _BETWEEN.join(ids)
                return

    def drop(self, group: _Group, url_key: bytes) -> None:
        """Forget the ids of a URL's cases in a group."""
        kept = self._kept.get(group)
        if kept is not None:
            kept.pop(url_key, None)

    def of(self, group: _Group) -> GroupIds:
        """Return the ids of a group; later changes do not reach them."""
        owner = self._owners.get(group, group[0])
        return GroupIds(group[1], owner, dict(self._kept.get(group, {})))

    def of_url(self, group: _Group, url_key: bytes, cases: int) -> tuple[str, ...]:
        """Return the ids of so many cases of a URL in a group."""
        owner = self._owners.get(group, group[0])
        ids = GroupIds(group[1], owner, self._kept.get(group, {}))
        return tuple(ids.of(url_key, n) for n in range(cases))
