"""What `hostwatch import` shows: of each file as it goes, and of all at the end."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from agents.cli.shared.results import write_result
from agents.errors import UserError

if TYPE_CHECKING:
    from rich.progress import Progress

    from agents.tools.importing.hand_in import HandedIn
    from agents.tools.importing.outcomes import Settled


class ImportResult:
    """What a run came to."""

    def __init__(self, total: "HandedIn", settled: "Settled | None", failed: int) -> None:
        self.total, self.settled, self.failed = total, settled, failed


def failure_of(done: ImportResult) -> str:
    """Return why an import that went through is none; empty = it is one."""
    total, settled = done.total, done.settled
    records, refused = total.sent + total.found, total.refused.total()
    if not records and refused:
        return "all records were refused: docs/formats.md, Why a record is refused"
    if not records and not done.failed:
        return "the file has no records: nothing was handed in"
    if settled is not None and settled.quarantined.total() == records:
        return "all records of the file were refused: docs/operator.md, Quarantine, says why"
    return f"{done.failed} files could not be read" if done.failed else ""


class Screen:
    """Shows on standard error what became of each file.

    Args:
        bars: progress bars.
        single: there is one file, and what is wrong with it ends the command.
    """

    def __init__(self, bars: "Progress", *, single: bool) -> None:
        self._bars, self._single = bars, single

    def file(self, path: Path) -> Callable[[int, int], None]:
        """Return what is told the progress of a file that is begun."""
        bar = self._bars.add_task(path.name, total=None)

        def progress(done: int, total: int) -> None:
            self._bars.update(bar, completed=done, total=total, visible=done < total)

        return progress

    def handed_in(self, path: Path, result: "HandedIn") -> None:
        """Show which lines were refused, the first of each reason."""
        if self._single:
            said = ""
        else:
            said = f"{path.name}: handed in {result.sent}; {result.found} were in the inbox already"
        rows = [
            f"{path.name}: line {line}: {reason} (the first of {result.refused[reason]})"
            for reason, line in sorted(result.refused_first.items())
        ]
        for row in filter(None, (said, *rows)):
            self._bars.console.print(row, highlight=False, markup=False)

    def failed(self, path: Path, why: str) -> None:
        """Show why a file could not be read, or end."""
        if self._single:
            raise UserError(why)
        self._bars.console.print(f"hostwatch: {why}", highlight=False, markup=False)


def result_of(total: "HandedIn", settled: "Settled | None") -> dict[str, Any]:
    """Return the counts as `--json` writes them."""
    result: dict[str, Any] = {
        "sent": total.sent,
        "found": total.found,
        "refused": dict(sorted(total.refused.items())),
    }
    if settled is not None:
        result |= {
            "accepted": settled.accepted,
            "duplicate": settled.duplicate,
            "quarantined": dict(sorted(settled.quarantined.items())),
            "doubted": settled.doubted,
            "outstanding": settled.outstanding,
        }
    return result


def write(target: str, result: dict[str, Any]) -> None:
    """Write the counts as JSON, `-` is standard output.

    Raises:
        UserError: the file cannot be written, or it holds keys.
    """
    import msgspec

    write_result(target, msgspec.json.encode(result) + b"\n")


def say(total: "HandedIn", settled: "Settled | None") -> None:
    """Show the counts."""
    typer.echo(f"handed in {total.sent}; {total.found} were in the inbox already")
    if total.refused:
        typer.echo(f"refused      {total.refused.total()}; nothing of these is kept")
    for refusal, count in sorted(total.refused.items()):
        typer.echo(f"  {refusal:<15} {count}")
    if settled is None:
        typer.echo("outcomes follow as a worker takes them in")
        return
    typer.echo(f"accepted     {settled.accepted}")
    typer.echo(f"duplicate    {settled.duplicate}")
    typer.echo(f"quarantined  {settled.quarantined.total()}")
    for reason, count in sorted(settled.quarantined.items()):
        typer.echo(f"  {reason:<15} {count}")
    if settled.doubted:
        typer.echo(f"doubted      {settled.doubted} of these: their ids may lack the first digits")
    if settled.outstanding:
        typer.echo(
            f"{settled.outstanding} have no outcome yet: no intake seems to run;"
            " outcomes follow when `hostwatch worker` does"
        )
