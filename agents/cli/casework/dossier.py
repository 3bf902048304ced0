"""`hostwatch dossier HOSTER`, `verify`, `hand-over`: what the ledger has of a hoster's cases."""

import asyncio
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from typer.core import TyperGroup

from agents.cli.casework.right_of_reply import confirm_override, override
from agents.cli.shared.connected import connected, reached, writing
from agents.cli.shared.days import FromOption, ToOption, day_of
from agents.cli.shared.dossier_options import (
    DossierJsonOption,
    DossierLangOption,
    DossierOutOption,
    DossierReasonOption,
    HosterArgument,
    NaturalPersonOption,
    PersonOption,
    ReconcileOption,
    RevealOption,
    StampsOption,
    ZoneOption,
)
from agents.cli.shared.revealing import given
from agents.cli.shared.signing import Person, key_of, reason_of
from agents.edges.web.messages import LANGUAGES
from agents.errors import UserError

_MAKE: Final = "make"


class _ByHoster(TyperGroup):
    """What is no command is a hoster's id: `dossier acme` is `dossier make acme`."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Return the command, and what is left for it."""
        known = args[0] in self.commands or args[0].startswith("-")
        return super().resolve_command(ctx, args if known else [_MAKE, *args])


_app = typer.Typer(
    cls=_ByHoster,
    no_args_is_help=True,
    help="Make a dossier of a hoster, check one, say that one was handed over.",
)

DossierArgument = Annotated[Path, typer.Argument(metavar="FILE", help="A dossier.json.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(_app, name="dossier")
    _app.command()(override)
    _app.command(name="confirm-override")(confirm_override)


@_app.command(name=_MAKE)
def make(
    ctx: typer.Context,
    hoster: HosterArgument,
    *,
    from_: FromOption = None,
    to: ToOption = None,
    out: DossierOutOption = None,
    person: PersonOption = None,
    natural_person: NaturalPersonOption = None,
    reveal: RevealOption = False,
    reason: DossierReasonOption = None,
    stamps: StampsOption = None,
    lang: DossierLangOption = None,
    reconcile: ReconcileOption = None,
    zone: ZoneOption = None,
    json: DossierJsonOption = None,
) -> None:
    """Write all that the ledger has of a hoster's cases, each record with its proof.

    It goes up to the newest root of `hostwatch roots write`. DIR gets dossier.json, which
    `dossier verify` and docs/verify_dossier.py check, and HTML to read. With the extra
    hostwatch[report] it gets a PDF too. `dossier acme` is short for `dossier make acme`.

    With --reconcile a line of CSV for each difference is printed, and no dossier made. A notice may
    be missing in the list, a line extra, a pair over 5 minutes apart.

    Example: hostwatch dossier make acme --from 2026-01-01 --to 2026-04-01 --out acme-q1
    --person anna.pem

    Exit codes: 0 done; 1 --reconcile found differences; 2 a mistake, named in one line.
    """
    if reconcile is not None:
        _reconcile(ctx, hoster, reconcile, zone, json)
        return
    from agents.tools.dossier.make import DossierRequest, made
    from agents.tools.dossier.write import write
    from agents.tools.roots.stamps import read_stamps

    if lang not in (None, *LANGUAGES):
        raise UserError(f"--lang: one of {', '.join(LANGUAGES)}")
    if reveal == (reason is None):
        raise UserError("--reveal and --reason TEXT go together")
    if out is None:
        raise UserError("--out DIR says where it is written")
    request = DossierRequest(
        hoster,
        day_of("--from", from_),
        day_of("--to", to),
        None if natural_person is None else reason_of(natural_person),
        reveal,
        () if stamps is None else read_stamps(stamps),
    )
    by = given(reason or "a dossier is made", person, "a dossier")
    settings = writing(ctx) if reveal else connected(ctx)
    with reached():
        found = asyncio.run(made(settings, request, by))
    written = write(found, out, tuple(LANGUAGES) if lang is None else (lang,))
    late = sum(one.supports_a_fine for one in found.cases)
    typer.echo(
        f"{len(found.cases)} cases, {late} that may support a fine; {len(found.records)} records of"
        f" {len(found.hours)} hours; {', '.join(written)}"
    )


def _reconcile(
    ctx: typer.Context, hoster: str, file: Path, zone: str | None, json: str | None
) -> None:
    """Print where a hoster's list and the notices differ."""
    from agents.cli.shared.results import write_json
    from agents.edges.files.csv_text import csv_text
    from agents.edges.files.reading import zone_of
    from agents.tools.dossier.own_list import compared, differences

    settings = connected(ctx)
    with reached():
        found, unreadable = asyncio.run(
            compared(settings, hoster, file, zone_of(zone) if zone else None)
        )
    rows = list(differences(found, unreadable))
    if rows:
        typer.echo(csv_text(rows[0], [one.values() for one in rows]), nl=False)
    counts = found.counts()
    if json is not None:
        said = counts | {"unreadable": len(unreadable), "differences": rows}
        write_json(json, said)
    told = ", ".join(f"{number} {name}" for name, number in counts.items())
    typer.echo(f"{told}, {len(unreadable)} unreadable", err=True)
    raise typer.Exit(1 if rows else 0)


@_app.command()
def verify(
    file: DossierArgument,
    *,
    key: Annotated[
        list[str] | None,
        typer.Option(
            "--key", metavar="HEX", help="A published key of the roots; may be given several times."
        ),
    ] = None,
    founder: Annotated[
        list[str] | None,
        typer.Option(
            "--founder",
            metavar="HEX",
            help="A published key of the ledger's first two persons; may be given twice.",
        ),
    ] = None,
    authority: Annotated[
        Path | None,
        typer.Option(
            "--authority", metavar="FILE", help="Certificate of who timestamped the roots, PEM."
        ),
    ] = None,
) -> None:
    """Check a dossier by itself: signatures, proofs, and all that it tells of its records.

    It needs neither a broker nor settings. Without --key the check cannot find a dossier that
    somebody made anew with a chain of roots of their own. Without --founder it cannot find one by
    somebody who can write to the registry and replaced the ledger's first two persons. It never
    shows that no record was left out: for that it relies on whoever made the dossier.

    Example: hostwatch dossier verify acme-q1/dossier.json --key 5f0c... --founder 9a41...

    Exit codes: 0 all is right; 1 something is not; 2 a mistake, named in one line.
    """
    from agents.tools.dossier.check import Known, findings, persons_of
    from agents.tools.dossier.file_form import decode, read

    raw = read(file)
    found = findings(raw, Known(key or (), founder or (), authority))
    for line in found:
        typer.echo(line)
    if found:
        typer.echo(f"{len(found)} findings", err=True)
        raise typer.Exit(1)
    dossier = decode(raw)
    typer.echo("all is right")
    if not key:
        typer.echo(f"hold the roots' key against the published one: {dossier.head.public_key}")
    if not founder:
        first = ", ".join(f"{one.id} {one.public_key}" for one in persons_of(dossier).founders)
        typer.echo(f"hold the founders' keys against the published ones: {first}")


@_app.command(name="hand-over")
def hand_over(
    ctx: typer.Context,
    file: DossierArgument,
    *,
    recipient: Annotated[
        str, typer.Option("--recipient", metavar="TEXT", help="To whom, in words; no URL.")
    ],
    person: Person,
) -> None:
    """Write that a dossier was handed over: the hoster's right of reply runs from then.

    For 14 days no report names the hoster.

    Example: hostwatch dossier hand-over acme-q1/dossier.json --recipient "the abuse desk of acme"
    --person anna.pem

    Exit codes: 0 done; 2 a mistake, named in one line.
    """
    from agents.tools.dossier.handovers import handed_over

    if "://" in recipient or not 1 <= len(recipient.strip()) <= 200:
        raise UserError("--recipient: 1 to 200 characters, and no URL")
    settings, key = writing(ctx), key_of(person)
    with reached():
        made = asyncio.run(handed_over(settings, file, recipient.strip(), key))
    typer.echo(f"the dossier of {made.hoster}, {made.cases} cases, is handed over")
