"""Where the CPU goes, by samples: cheap enough to leave the measured process as it is.

The kernel sends SIGPROF after so much CPU of the whole process (setitimer(2)); the handler runs in
the main thread between two bytecodes. So a C function counts for the line that calls it. CPU of
other threads counts for wherever the main thread waits.
"""

import signal
from collections import Counter
from pathlib import PurePath
from types import FrameType

EVERY_S = 0.004
"""The kernel's clock has no finer steps on many machines."""

_LOOP = "asyncio/"
LINES = 15


class Sampler:
    """Counts where the main thread is, every four milliseconds of CPU."""

    def __init__(self) -> None:
        self._own: Counter[str] = Counter()
        self._within: Counter[str] = Counter()
        self._samples = 0

    def start(self) -> None:
        """Begin; in the main thread."""
        signal.signal(signal.SIGPROF, self._sample)
        signal.setitimer(signal.ITIMER_PROF, EVERY_S, EVERY_S)

    def stop(self) -> None:
        """End."""
        signal.setitimer(signal.ITIMER_PROF, 0)

    def _sample(self, number: int, frame: FrameType | None) -> None:
        if frame is None:
            return
        self._samples += 1
        self._own[_name(frame, line=True)] += 1
        above: FrameType | None = frame
        seen = set()
        while above is not None:
            seen.add(_name(above))
            above = above.f_back
        self._within.update(name for name in seen if not name.startswith(_LOOP))

    def text(self) -> str:
        """Return the lines with the most samples, and the functions with the most within them."""
        return "\n".join(
            (
                f"{self._samples} samples",
                "in the line itself:",
                *self._lines(self._own),
                "in the function and what it calls:",
                *self._lines(self._within),
            )
        )

    def _lines(self, counted: Counter[str]) -> list[str]:
        return [
            f"{count / self._samples:6.1%}  {name}" for name, count in counted.most_common(LINES)
        ]


def _name(frame: FrameType, *, line: bool = False) -> str:
    code = frame.f_code
    path = PurePath(code.co_filename)
    where = f"{path.parent.name}/{path.name}"
    return f"{where}{f':{frame.f_lineno}' if line else ''} {code.co_qualname}"
