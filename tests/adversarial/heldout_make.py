"""Writes the held-out half of the labelled adversarial set, the same bytes each time.

`python -m tests.adversarial.heldout_make` prints how many cases there are of each kind and
compares them with the frozen file; with `--write` it writes the file and its SHA-256. A case
depends on the seed, its kind's name and its number in the kind alone.
"""

import gzip
import hashlib
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import msgspec

from tests.adversarial import (
    heldout_beyond,
    heldout_cloaks,
    heldout_edges,
    heldout_names,
    heldout_networks,
    heldout_odd,
    heldout_plain,
    heldout_shams,
    heldout_vantages,
)
from tests.adversarial.heldout_dice import Dice
from tests.adversarial.heldout_shapes import Answer, Story, program

HERE = Path(__file__).parent
SEED = 20_261_125
DATA = HERE / "heldout.jsonl.gz"
SUM = HERE / "heldout.sha256"
JUDGEABLE = (
    heldout_plain,
    heldout_cloaks,
    heldout_shams,
    heldout_networks,
    heldout_vantages,
    heldout_names,
    heldout_edges,
    heldout_odd,
)
NOISY = 0.25
"""Share of the cases in which the network loses a look now and then, beside all else."""


def entry(answer: Answer) -> dict[str, Any]:
    """Return an answer as the file says it: only what differs from the defaults."""
    said: dict[str, Any] = {"from_h": answer.from_h, "to_h": answer.to_h}
    usual = Answer(facts=answer.facts)
    for name in ("vantage", "target", "chance", "nxdomain", "present", "canary_ok"):
        if getattr(answer, name) != getattr(usual, name):
            said[name] = getattr(answer, name)
    said["facts"] = msgspec.to_builtins(answer.facts)
    if answer.get is not None:
        said["get"] = msgspec.to_builtins(answer.get)
    return said


def noise(dice: Dice) -> list[Answer]:
    """Return the loss of single looks that any network has."""
    if dice.random() >= NOISY:
        return []
    return [Answer(facts=dice.broken(), chance=dice.choice([0.01, 0.03, 0.06]))]


def line(kind: str, number: int, story: Story, stray: list[Answer], *, judgeable: bool) -> bytes:
    """Return one case as a line of the file."""
    return msgspec.json.encode(
        {
            "id": f"held-{kind}-{number:03}",
            "kind": kind,
            "why": story.why,
            "noticed_h": story.noticed_h,
            "follow_h": round(story.follow_h, 2),
            "root": story.root,
            "answers": [entry(one) for one in program(stray, story.answers)],
            "truth": story.truth,
            "judgeable": judgeable,
        }
    )


def contradictions(story: Story) -> list[str]:
    """Return where a story's program does not give what its truth claims.

    While the truth is `gone` no vantage may get the material; while it is `online` one of the
    three must be able to, or trouble that is neither must be all there is.
    """
    edges = [at for at, _ in story.truth]
    edges += [at for one in story.answers for at in (one.from_h, one.to_h) if at is not None]
    times = sorted({at for at in edges if at < story.follow_h})
    wrong = []
    for at, after in zip(times, [*times[1:], story.follow_h], strict=True):
        middle = (at + after) / 2
        truth = [state for start, state in story.truth if start <= middle][-1]
        shown = {
            seen
            for vantage in ("loud", "quiet", "hidden")
            for seen in _seen(story, middle, vantage)
        }
        if truth == "gone" and True in shown:
            wrong.append(f"shown at {middle:.2f} while gone")
        if truth == "online" and not shown & {True, None}:
            wrong.append(f"never shown at {middle:.2f} while online")
    return wrong


def _seen(story: Story, at: float, vantage: str) -> set[bool | None]:
    """Return what looks at the URL can meet: every entry up to the first that matches always."""
    seen: set[bool | None] = set()
    for one in story.answers:
        within = one.from_h <= at and (one.to_h is None or at < one.to_h)
        if within and one.vantage in {"any", vantage} and one.target in {"any", "url"}:
            seen.add(one.shows)
            if one.chance == 1:
                break
    return seen


def cases() -> list[tuple[str, bytes]]:
    """Return kind and line of every case, in the file's order.

    Raises:
        ValueError: a story contradicts its own labels.
    """
    made = []
    for module in (*JUDGEABLE, heldout_beyond):
        judgeable = module is not heldout_beyond
        for tell, count in module.KINDS:
            for number in range(count):
                dice = Dice(f"{SEED} {tell.__name__} {number}")
                story = tell(dice)
                if judgeable and (wrong := contradictions(story)):
                    raise ValueError(f"{tell.__name__} {number}: {wrong[0]}")
                stray = noise(dice)
                text = line(tell.__name__, number, story, stray, judgeable=judgeable)
                made.append((tell.__name__, text))
    return made


def main() -> int:
    """Print the counts; write the file, or say whether the frozen one holds the same cases."""
    made = cases()
    text = b"".join(one + b"\n" for _, one in made)
    for kind, count in Counter(kind for kind, _ in made).items():
        print(f"{count:5} {kind}")
    print(f"{len(made):5} in all")
    if "--write" in sys.argv:
        DATA.write_bytes(gzip.compress(text, compresslevel=9, mtime=0))
        digest = hashlib.sha256(DATA.read_bytes()).hexdigest()
        SUM.write_text(f"{digest}  {DATA.name}\n", encoding="ascii")
        return 0
    same = gzip.decompress(DATA.read_bytes()) == text
    print("the frozen file holds these cases" if same else "the frozen file differs")
    return 0 if same else 1


if __name__ == "__main__":
    raise SystemExit(main())
