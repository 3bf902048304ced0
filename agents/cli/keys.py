"""`hostwatch keys create|status`: the file that seals URLs."""

import typer

from agents.cli.context import settings_of

_app = typer.Typer(no_args_is_help=True, help="The key file that seals URLs and names them.")


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(_app, name="keys")


@_app.command()
def create(ctx: typer.Context) -> None:
    """Make the key file; without it nothing sealed can be opened, so keep a copy of it apart."""
    from agents.edges.keys import Keyring

    ring = Keyring.create(settings_of(ctx).key_file)
    typer.echo(f"{ring.file}: made; keep a copy of it in another safe place")


@_app.command()
def status(ctx: typer.Context) -> None:
    """Say which months the file has keys for."""
    from agents.edges.keys import Keyring

    ring = Keyring.load(settings_of(ctx).key_file)
    mode = ring.file.stat().st_mode & 0o777
    typer.echo(f"{ring.file}: {len(ring.months)} months")
    if mode & 0o077:
        typer.echo(f"others may read it (mode {mode:o}): run chmod 600 on it", err=True)
    for month, there in ring.months.items():
        typer.echo(f"{month[:4]}-{month[4:]}  {'present' if there else 'destroyed'}")
