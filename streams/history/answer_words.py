"""What servers answered, in the words of a history: `streams.history.answers` backwards."""

from collections.abc import Callable
from typing import Any

from schemas.records.facts import Facts, Observation
from schemas.records.history_events import ControlsWord, LookWord
from streams.history.answers import WORDS
from streams.verdicts.fingerprints import fingerprint, same_answer


def answer_of(facts: Facts, name: Callable[[str, str], str]) -> Any:
    """Return the word or the fields that say in a history what was answered.

    Args:
        facts: what was answered.
        name: gives a short name to a keyed hash, after a letter for its kind.
    """
    for word, known in WORDS.items():
        if word not in (LookWord.ONLINE, LookWord.CHANGED) and _same(facts, known):
            return word.value
    if facts.error is not None:
        return {"error": facts.error}
    said: dict[str, Any] = {"status": facts.status, "type": facts.type, "length": facts.length}
    said["etag"] = name("e", facts.etag_key)
    if facts.age_s is not None:
        said["age_s"] = facts.age_s
    if facts.cached:
        said["x_cache"] = "HIT"
    if facts.location_key or facts.left_host or facts.to_root:
        path = "" if facts.to_root else name("p", facts.location_key)
        said["location"] = ("//elsewhere/" if facts.left_host else "/") + path
    for mark in ("challenge", "suspended", "parked", "placeholder"):
        if getattr(facts, mark):
            said[mark] = True
    return said


def _same(facts: Facts, known: Facts) -> bool:
    return facts == known or (facts.error is not None and facts.error is known.error)


def controls_word(
    url: Facts, made_up_path: Observation | None, root: Observation | None
) -> ControlsWord:
    """Return the word that comes nearest to what the controls answered."""
    if made_up_path is None or root is None:
        return ControlsWord.NONE
    if made_up_path.facts.error is not None and root.facts.error is not None:
        return ControlsWord.DEAD
    if same_answer(fingerprint(made_up_path.facts), fingerprint(url)):
        return ControlsWord.SAME
    return ControlsWord.HEALTHY
