"""`hostwatch kafka start|stop|status`: the local broker."""

from typing import Annotated

import typer

from agents.cli.shared.context import settings_of
from agents.cli.shared.results import JsonOption, write_json

_NOT_RUNNING = 1

_app = typer.Typer(no_args_is_help=True, help="Run a local Kafka broker for this folder.")


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(_app, name="kafka")


@_app.command()
def start(
    ctx: typer.Context,
    port: Annotated[
        int, typer.Option(min=0, max=65_535, help="Client port; 0 = any free one.")
    ] = 0,
) -> None:
    """Start the local broker in the background.

    Its data stay in the state folder. Without --port it takes any free port.

    Example: hostwatch kafka start

    Exit codes: 0 done; 2 a mistake, named in one line.
    """
    from agents.edges.local_broker.broker import LocalBroker, folder_of
    from agents.edges.local_broker.broker_record import running

    settings = settings_of(ctx)
    if settings.kafka.bootstrap:
        typer.echo(f"HOSTWATCH_KAFKA__BOOTSTRAP names {settings.kafka.bootstrap}: none is started")
        return
    folder = folder_of(settings)
    found = running(folder)
    if found is not None:
        typer.echo(f"running at {found.bootstrap} (process {found.pid})")
        return
    broker = LocalBroker(
        folder, port=port, detached=True, say=lambda line: typer.echo(line, err=True)
    )
    broker.start()
    typer.echo(f"started at {broker.bootstrap} (process {broker.process.pid})")


@_app.command()
def stop(ctx: typer.Context) -> None:
    """Stop the local broker. Its data stay.

    Example: hostwatch kafka stop

    Exit codes: 0 done; 2 a mistake, named in one line.
    """
    from agents.edges.local_broker.broker import folder_of
    from agents.edges.local_broker.broker_record import stop as stop_broker

    stopped = stop_broker(folder_of(settings_of(ctx)))
    typer.echo("stopped" if stopped else "not running")


@_app.command()
def status(ctx: typer.Context, *, json: JsonOption = None) -> None:
    """Show where the local broker runs.

    Example: hostwatch kafka status

    Exit codes: 0 it runs; 1 it does not run or does not answer; 2 a mistake, named in one line.
    """
    from agents.edges.child_process.ports import answers
    from agents.edges.local_broker.broker import folder_of
    from agents.edges.local_broker.broker_record import running

    settings = settings_of(ctx)
    named = settings.kafka.bootstrap
    found = None if named else running(folder_of(settings))
    ready = found is not None and answers(found.port)
    if json is not None:
        answer = {
            "named": named is not None,
            "running": found is not None,
            "answers": ready,
            "bootstrap": named or (found and found.bootstrap),
            "process": found and found.pid,
        }
        write_json(json, answer)
    elif named:
        typer.echo(f"HOSTWATCH_KAFKA__BOOTSTRAP names {named}")
    elif found is None:
        typer.echo("not running")
    else:
        said = "running" if ready else "running, but does not answer"
        typer.echo(f"{said} at {found.bootstrap} (process {found.pid})")
    if not (named or ready):
        raise typer.Exit(_NOT_RUNNING)
