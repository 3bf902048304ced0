"""The command line: `hostwatch`.

Each command stands in its own module and adds itself by `register(app)`. A command imports what
it needs when it runs, so `hostwatch --help` loads no broker client.

May import all of `agents`, and `sim` for the commands of the practice world.
"""

import sys
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path
from typing import Annotated, Final, NoReturn

import typer

from agents.cli import (
    cases,
    doctor,
    hoster,
    importer,
    intake,
    judge,
    kafka,
    probe,
    registry,
    replay,
    report,
    topics,
    verify,
    worker,
)
from agents.cli.casework import dossier, letter, order
from agents.cli.custody import decide, keys, quarantine, roots, skip
from agents.cli.practice import demo, load, simulate
from agents.cli.shared.context import CommandContext
from agents.cli.shared.errors import UserError
from agents.cli.shared.standard_output import EXIT_UNWRITTEN, StandardOutput
from agents.config import CONFIG_VARIABLE

_COMMANDS: Final = (
    demo,
    worker,
    intake,
    importer,
    replay,
    verify,
    judge,
    cases,
    report,
    dossier,
    letter,
    order,
    simulate,
    load,
    registry,
    hoster,
    decide,
    quarantine,
    skip,
    keys,
    roots,
    probe,
    kafka,
    topics,
    doctor,
)
"""The modules of the commands, in the order of --help; a new command is a line here."""

_USER_MISTAKE: Final = 2
_INTERRUPTED: Final = 130  # 128 + SIGINT, what a shell gives a command ended by Ctrl-C

app = typer.Typer(
    name="hostwatch",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="markdown",  # wraps paragraphs anew, and takes no [word] for a mark
    pretty_exceptions_enable=False,  # its traceback shows local values, and those may be URLs
    help=(
        "Measures how long hosters take to remove reported illegal material.\n\n"
        "Example: hostwatch demo --for 2m\n\n"
        "Exit codes: 0 done; 1 it ran, and what it was to find or do is not so (`hostwatch COMMAND"
        " --help` says what); 2 a mistake, named in one line; 70 an unexpected error; 74 standard"
        " output cannot be written; 78 another worker has the same kafka.instance; 130 Ctrl-C."
    ),
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(metadata.version("hostwatch"))
        raise typer.Exit


@app.callback()
def _before(
    ctx: typer.Context,
    config: Annotated[
        Path | None,
        typer.Option(
            "--config", metavar="FILE", envvar=CONFIG_VARIABLE, help="Settings in one TOML file."
        ),
    ] = None,
    version: Annotated[  # noqa: ARG001 - its callback answers
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    ctx.obj = CommandContext(config=config)


for _command in _COMMANDS:
    _command.register(app)


def run(arguments: Sequence[str], commands: typer.Typer = app) -> int:
    """Run one command and return its exit code; a user's mistake is one line on stderr.

    Args:
        arguments: what stands behind `hostwatch`.
        commands: the commands to choose from.
    """
    try:
        commands(list(arguments), prog_name="hostwatch")
    except UserError as error:
        for line in str(error).splitlines():
            typer.echo(f"hostwatch: {line}", err=True)
        return _USER_MISTAKE
    except KeyboardInterrupt:
        return _INTERRUPTED
    except SystemExit as done:  # how typer ends, 0 and usage errors (2) included
        return done.code if isinstance(done.code, int) else 0
    return 0


def main() -> NoReturn:
    """Run the command of this process's arguments and exit with its code.

    A process of ours leaves no core dump, and of an error that nobody foresaw its type only. Where
    standard output cannot be written, that is the error.
    """
    from agents.engine.failures import EXIT_CRASHED
    from agents.process.hardening import harden, report
    from agents.process.log import mute_kafka_client

    harden()
    mute_kafka_client()  # what goes on, such as a worker, hears it again
    output = StandardOutput()
    failed: Exception | None = None
    try:
        code = run(sys.argv[1:])
    except Exception as error:  # noqa: BLE001 - typer's own hook would print its text
        failed, code = error, EXIT_CRASHED
    unwritten = output.unwritten()
    if unwritten is not None:
        typer.echo(f"hostwatch: {unwritten}", err=True)
        code = EXIT_UNWRITTEN
    elif failed is not None:
        report("stopped on an error", failed)
    sys.exit(code)
