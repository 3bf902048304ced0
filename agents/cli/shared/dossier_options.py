"""The options of `hostwatch dossier HOSTER`, each with its help."""

from pathlib import Path
from typing import Annotated

import typer

from agents.cli.shared.results import result_file

HosterArgument = Annotated[str, typer.Argument(metavar="HOSTER", help="Its id, or its owner's.")]
DossierOutOption = Annotated[
    Path | None, typer.Option("--out", metavar="DIR", help="Where it is written.")
]
PersonOption = Annotated[
    Path | None, typer.Option("--person", metavar="FILE", help="Your key; you sign it.")
]
NaturalPersonOption = Annotated[
    str | None,
    typer.Option(
        "--natural-person", metavar="REASON", help="Why, if the hoster is a natural person."
    ),
]
RevealOption = Annotated[
    bool,
    typer.Option("--reveal", help="Have URLs and addresses in it; `audit.v1` gets an entry first."),
]
DossierReasonOption = Annotated[
    str | None, typer.Option("--reason", metavar="TEXT", help="Why, for --reveal; no URL.")
]
StampsOption = Annotated[
    Path | None,
    typer.Option(
        "--stamps", metavar="DIR", help="With the timestamps of roots that lie there, .tsr."
    ),
]
DossierLangOption = Annotated[
    str | None,
    typer.Option(
        "--lang", metavar="LANG", help="Language of what is printed: en or nl; default: both."
    ),
]
ReconcileOption = Annotated[
    Path | None,
    typer.Option(
        "--reconcile",
        metavar="LIST",
        help="Instead: where the hoster's own list (url, received_at) and the notices differ.",
    ),
]
ZoneOption = Annotated[
    str | None,
    typer.Option("--zone", metavar="ZONE", help="Time zone of the times in LIST that name none."),
]
DossierJsonOption = Annotated[
    str | None,
    typer.Option(
        "--json",
        metavar="OUT",
        callback=result_file,
        help="Only with --reconcile: the result as JSON.",
    ),
]
