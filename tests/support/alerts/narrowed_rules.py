"""The part of a rule file that a story needs: all rules of every minute of days take minutes."""

import re


def narrowed(text: str, alerts: frozenset[str], asked: str = "") -> str:
    """Return a rule file with some alerts and what they read.

    Args:
        text: the rule file.
        alerts: names of those to keep.
        asked: queries beside them; what is recorded for these is kept as well.
    """
    head, *rules = re.split(r"(?m)^(?=      - (?:alert|record): )", text)
    kept: list[str] = []
    for rule in reversed(rules):  # a rule reads what is recorded before it
        kind, name = re.findall(r"- (alert|record): (\S+)", rule)[0]
        readers = (asked, *kept)
        if name in alerts if kind == "alert" else any(name in reader for reader in readers):
            kept.append(rule)
    return "".join((head, *reversed(kept))) if kept else "groups: []\n"
