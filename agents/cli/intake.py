"""`hostwatch intake serve|key`: records of hotlines over HTTP."""

import asyncio
import signal
from typing import TYPE_CHECKING, Annotated

import typer

from agents.cli.connected import connected, reached
from agents.cli.context import settings_of

if TYPE_CHECKING:
    from agents.config import Settings

_app = typer.Typer(no_args_is_help=True, help="The HTTP intake for hotlines.")


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(_app, name="intake")


@_app.command()
def serve(ctx: typer.Context) -> None:
    """Take records over HTTP until Ctrl-C or SIGTERM; what is being written is answered first."""
    from agents.log import configure

    settings = connected(ctx)
    configure(settings.log)
    with reached():
        asyncio.run(_serve(settings))


@_app.command()
def key(
    ctx: typer.Context,
    hotline: Annotated[str, typer.Option(metavar="ID", help="Whose key it is.")],
) -> None:
    """Make a key for a hotline: it is shown once, and the file keeps its digest only.

    Any number of keys may hold at once; deleting a key's line shuts it out.
    """
    import re

    from agents.config import ID
    from agents.edges.passes import line_of, new_key
    from agents.errors import UserError

    if not re.match(ID, hotline):
        raise typer.BadParameter(
            "an id has lower-case letters, digits and dashes", param_hint="--hotline"
        )
    file = settings_of(ctx).intake.keys_file
    if file is None:
        raise UserError("name the file of keys first: intake.keys_file in the settings")
    made = new_key()
    try:
        file.touch(mode=0o600, exist_ok=True)
        with file.open("a", encoding="ascii") as opened:
            opened.write(line_of(hotline, made) + "\n")
    except OSError:
        raise UserError("intake.keys_file cannot be written") from None
    typer.echo(made)


async def _serve(settings: "Settings") -> None:
    from agents.edges.admin import Action, plan, wanted
    from agents.edges.counter import Counter
    from agents.edges.hotlines import hotlines_of_registry
    from agents.engine.outbox import KafkaOutbox
    from agents.engine.timekeeper import Timekeeper
    from agents.errors import UserError

    hotlines = await hotlines_of_registry(settings)
    missing = await plan(settings, wanted(settings, hotlines))
    if any(change.action is Action.CREATE for change in missing):
        raise UserError("topics are missing: run `hostwatch topics apply` first")
    keeper = Timekeeper(settings)
    await keeper.start()
    outbox = KafkaOutbox(settings, "hostwatch-intake")
    await outbox.start()
    counter = Counter(settings.intake, outbox, hotlines)
    try:
        await counter.start()
        typer.echo(f"taking records at port {counter.port}", err=True)
        stop = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        await stop.wait()
    finally:
        await counter.stop()
        await outbox.stop()
        await keeper.stop()
