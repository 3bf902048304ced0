"""`hostwatch probe --dry-run`: what a URL is to the prober, found without sending a packet.

It prints what was typed: this command's standard output is the one place where a URL stands in
the open, and nothing of it is logged.
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from agents.cli.shared.context import settings_of
from agents.errors import UserError
from schemas.identity.ids import BadUrl, canonical
from schemas.records.hotline import URL_BYTES_MAX
from streams.network import address
from streams.probe.gate import Rules, judge

_STDIN = "-"


class ShownUrl(msgspec.Struct, frozen=True, kw_only=True):
    """What is said of one line.

    Attributes:
        ok: it is a URL that can be probed or refused.
        canonical: the form its identity is derived from, without scheme.
        host: its host, IPv6 in brackets.
        address: the address the host spells, as a connect would have it.
        allowed: the gate's decision on that address; None = a name, judged by its addresses.
        reason: the gate's rule for an address; else why the line is no URL.
    """

    ok: bool
    canonical: str | None = None
    host: str | None = None
    address: str | None = None
    allowed: bool | None = None
    reason: str | None = None


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(name="probe")(run)


def run(
    ctx: typer.Context,
    url: Annotated[
        str | None, typer.Argument(metavar="URL", help="A URL; prefer standard input.")
    ] = None,
    *,
    source: Annotated[
        str | None,
        typer.Option("--from", metavar="FILE", help="A file of URLs, one a line; - = stdin."),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be done; no packet is sent.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """Show a URL's canonical form and the gate's decision on its address. Nothing is sent.

    Without URL and --from the command reads URLs from standard input. Prefer that: an argument
    shows in the list of processes and in the shell's history. It looks up no name. Each line of
    input gives one line of output.

    Example: hostwatch probe --dry-run --from urls.txt

    Exit codes: 0 every line has its answer, even if it is no URL; 2 a mistake, named in one
    line.
    """
    if not dry_run:
        raise UserError("only the worker probes; add --dry-run to see a URL judged")
    if url is not None and source is not None:
        raise UserError("name one URL, or a file of them with --from FILE, or neither for stdin")
    from agents.edges.http_probe.infrastructure import nobody, with_own_addresses_denied
    from agents.edges.http_probe.local_addresses import rules_of

    rules = rules_of(with_own_addresses_denied(settings_of(ctx), nobody))
    if url in (None, _STDIN):
        lines = _read(source or _STDIN)
    else:
        lines = iter([url.encode(errors="surrogateescape")])
    out = sys.stdout
    for line in lines:
        shown = show(line, rules)
        out.write(f"{msgspec.json.encode(shown).decode() if json else in_words(shown)}\n")


def show(line: bytes, rules: Rules) -> ShownUrl:
    """Judge one line; nothing is sent and nothing is looked up.

    Args:
        line: a URL as it stands in a file.
        rules: of the gate.
    """
    try:
        text = line.decode()
    except UnicodeDecodeError:
        return ShownUrl(ok=False, reason="not_utf8")
    if len(line) > URL_BYTES_MAX:
        return ShownUrl(ok=False, reason="too_long")
    try:
        url = canonical(text)
    except BadUrl as bad:
        return ShownUrl(ok=False, reason=str(bad).replace(" ", "_").lower())
    found = address(url.host)
    if found is None:
        return ShownUrl(ok=True, canonical=url.text, host=url.host)
    decision = judge(str(found), rules)
    return ShownUrl(
        ok=True,
        canonical=url.text,
        host=url.host,
        address=str(found),
        allowed=decision.allowed,
        reason=decision.rule,
    )


def in_words(shown: ShownUrl) -> str:
    """Return the line for a person: what, decision and rule, between tabs."""
    if not shown.ok:
        return f"-\tno URL\t{shown.reason}"
    if shown.allowed is None:
        return f"{shown.canonical}\tname\tjudged by its addresses"
    return f"{shown.canonical}\t{'allowed' if shown.allowed else 'denied'}\t{shown.reason}"


def _read(source: str) -> Iterator[bytes]:
    """Yield the lines of a file or of stdin, without their ends.

    Raises:
        UserError: the file cannot be read.
    """
    if source == _STDIN:
        if sys.stdin.isatty():
            typer.echo("hostwatch: URLs from the keyboard, one a line; Ctrl-D ends", err=True)
        yield from (_bare(line) for line in sys.stdin.buffer)
        return
    try:
        with Path(source).open("rb") as file:
            yield from (_bare(line) for line in file)
    except OSError as error:
        raise UserError(f"--from: {error.strerror or 'cannot be read'}") from None


def _bare(line: bytes) -> bytes:
    return line.removesuffix(b"\n").removesuffix(b"\r")
