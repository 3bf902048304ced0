"""The part of a rule file that a story needs: all rules of every minute of days take minutes."""

import os
import re

SELDOM_COLLECTED = {**os.environ, "GOGC": "400"}
"""For promtool: its heap is small, and collecting it four times as often costs a third more."""


_TEXTS = re.compile(r"(?m)^        annotations:\n(?:(?: {10}.*)?\n)*")


def narrowed(text: str, alerts: frozenset[str], asked: str = "", *, texts: bool = True) -> str:
    """Return a rule file with some alerts and what they read.

    Args:
        text: the rule file.
        alerts: names of those to keep.
        asked: queries beside them; what is recorded for these is kept as well.
        texts: keep what the alerts say; each evaluation of one that fires asks several queries
            for it.
    """
    head, *rules = re.split(r"(?m)^(?=      - (?:alert|record): )", text)
    kept: list[str] = []
    for rule in reversed(rules):  # a rule reads what is recorded before it
        kind, name = re.findall(r"- (alert|record): (\S+)", rule)[0]
        readers = (asked, *kept)
        if name in alerts if kind == "alert" else any(name in reader for reader in readers):
            kept.append(rule)
    left = "".join((head, *reversed(kept))) if kept else "groups: []\n"
    return left if texts else _TEXTS.sub("", left)
