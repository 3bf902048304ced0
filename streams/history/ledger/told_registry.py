"""What records of the ledger say of the registry's hosters, as a history says it."""

from collections.abc import Sequence
from typing import Any

from schemas.closed_lists import Role
from streams.lifecycle.evidence.owner import UNKNOWN


class ToldRegistry:
    """Takes what records say of hosters in order of time.

    Attributes:
        first: each hoster as it was when a record first told of it, by name.
    """

    def __init__(self) -> None:
        """Know nobody."""
        self.first: dict[str, dict[str, Any]] = {}
        self._now: dict[str, dict[str, Any]] = {}
        self._told: set[str] = set()

    def mention(self, hoster: str) -> None:
        """Note that a record names a hoster, and says nothing of it."""
        self._now.setdefault(hoster, {})
        self.first.setdefault(hoster, {})

    def take(
        self,
        hoster: str,
        *,
        group: str | None = None,
        role: Role | None = None,
        formerly: Sequence[str] | None = None,
    ) -> dict[str, Any]:
        """Return what is otherwise from now on, as an event `registry` says it; empty = nothing.

        Args:
            hoster: whom a record names.
            group: its owner; None = the record does not say.
            role: in which it serves the URL; None = the record does not say.
            formerly: what its owner was called before; None = the record does not say.
        """
        self.mention(hoster)
        said: dict[str, Any] = {}
        if group is not None:
            said["group"] = "" if group in (hoster, UNKNOWN) else group
        if role is not None:
            said["proxy"] = role is Role.PROXY
        if formerly is not None:
            said["formerly"] = sorted({*formerly})
        known = self._now[hoster]
        now = {name: value for name, value in {**known, **said}.items() if value}
        self._now[hoster] = now
        if hoster not in self._told:  # until now only its name was known
            self._told.add(hoster)
            self.first[hoster] = now
            return {}
        return {} if now == known else {hoster: now}

    def owner(self, hoster: str) -> tuple[str, Role]:
        """Return the owner that a hoster has now, and its role."""
        said = self._now.get(hoster, {})
        return said.get("group", hoster), Role.PROXY if said.get("proxy") else Role.HOSTING
