"""The right of reply, on a real broker: who may still answer is named by two persons alone."""

from types import SimpleNamespace

from desk_ledger import URL_KEY, SignedLedger, desk_ledger, rename
from ledger_events import answer
from msgspec.structs import replace
from two_persons import run

from agents.cli import report as report_command
from agents.engine.stage import Send
from agents.tools.dossier.handovers import HandedOver, hand_over
from agents.tools.dossier.right_of_reply import REPLY_MS, Period, held_back, overridden, replies
from agents.tools.report import files
from schemas.codec import REGISTRY as CODEC
from schemas.moments import DAY_MS
from schemas.records.custody import Handover, Override
from schemas.records.registry import HosterEntry
from schemas.topics import REGISTRY

PERIOD = Period(0, 31 * DAY_MS)
MADE = Handover(
    hoster="acme",
    person="anna",
    at=0,
    recipient="its abuse desk",
    digest="0" * 32,
    cases=2,
    from_at=0,
    to_at=1,
    signatures=(),
)
ALLOWED = Override(hoster="acme", from_at=0, to_at=PERIOD.to_at, at=0, reason="why", signatures=())


def test_a_hoster_may_reply_for_14_days_after_the_last_handover() -> None:
    """One that nobody signed, and one of another hoster, gives no time; one of its owner does."""
    handed = [HandedOver(MADE, 5, True), HandedOver(MADE, 2, True), HandedOver(MADE, 9, False)]
    acme, other = {"acme": ["acme"]}, {"other": ["other"]}
    assert replies(handed, acme | other, 0) == {"acme": 5 + REPLY_MS}
    assert replies(handed, acme, 4 + REPLY_MS) == {"acme": 5 + REPLY_MS}
    assert replies(handed, acme, 5 + REPLY_MS) == replies(handed, other, 0) == {}
    assert replies(handed, {"member": ["member", "acme"]}, 0) == {"member": 5 + REPLY_MS}


def test_an_override_is_for_one_hoster_one_period_and_one_reason() -> None:
    """Signed by two; any other reason than the one that they signed does nothing."""
    handed = [HandedOver(ALLOWED, 5, True)]
    assert overridden(handed, PERIOD, "why") == {"acme"}
    assert overridden(handed, PERIOD, "another") == overridden(handed, PERIOD, None) == set()
    assert overridden(handed, Period(0, DAY_MS), "why") == set()
    assert overridden([HandedOver(ALLOWED, 5, False)], PERIOD, "why") == set()


async def test_a_report_waits_for_the_reply_or_for_two_persons(
    bootstrap, tmp_path, capsys, monkeypatch
) -> None:
    """While a dossier was handed over lately, or a dispute is open; nothing is written then."""
    async with desk_ledger(bootstrap, tmp_path) as desk:
        settings, written = desk.ledger.settings, []
        assert await held_back(settings, ["acme"], PERIOD, None) == []
        await hand_over(settings, MADE, desk.by("anna").key)
        await enter(desk, HosterEntry(id="member", name="M", version=1, valid_from=0, group="acme"))
        (line,) = await held_back(settings, ["member"], PERIOD, None)
        assert line.startswith("member: it may reply until")
        await dispute(desk)
        (line,) = await held_back(settings, ["acme", "other"], PERIOD, None)
        assert line.startswith("acme: it may reply until")
        assert "a dispute is open since" in line

        async def made(*_):
            return SimpleNamespace(hosters=SimpleNamespace(named=["acme"], rows=[]))

        monkeypatch.setattr(report_command, "made", made)
        monkeypatch.setattr(files, "write", lambda *_, **__: written.append(1))
        said = (
            "report",
            "--from",
            "1970-01-01",
            "--to",
            "1970-02-01",
            "--out",
            str(tmp_path / "r"),
        )
        config = desk.persons.config
        assert await run(*said, config=config) == 2
        assert "acme: it may reply until" in capsys.readouterr().err
        why = ("--from", "1970-01-01", "--to", "1970-02-01", "--reason", "it has replied")
        mine, theirs = (("--person", str(desk.persons.key(id))) for id in ("anna", "bram"))
        file = str(tmp_path / "override.json")
        propose = ("dossier", "override", "acme", *why, *mine, "--out", file)
        assert await run(*propose, config=config) == 0
        assert await run(*said, "--override", "it has replied", config=config) == 2
        confirm = ("dossier", "confirm-override", file, *theirs, "--yes")
        assert await run(*confirm, config=config) == 0
        assert await run(*said, "--override", "another reason", config=config) == 2
        assert written == []
        assert await run(*said, "--override", "it has replied", config=config) == 0
        assert written == [1]


async def test_another_name_ends_neither_a_dispute_nor_the_time_to_reply(
    bootstrap, tmp_path
) -> None:
    """Whoever was handed a dossier, or disputes a case, is the same hoster under its new name."""
    async with desk_ledger(bootstrap, tmp_path) as desk:
        settings, later = desk.ledger.settings, ["nova"]
        await rename(desk, "nova")
        assert await held_back(settings, later, PERIOD, None) == []
        await dispute(desk)
        (line,) = await held_back(settings, later, PERIOD, None)
        assert line.startswith("nova: a dispute is open since")
        await hand_over(settings, MADE, desk.by("anna").key)
        (line,) = await held_back(settings, later, PERIOD, None)
        assert line.startswith("nova: it may reply until")
        assert "a dispute is open since" in line
        lines = await held_back(settings, ["acme"], PERIOD, None)  # as an older report has it
        assert "a dispute is open since" in lines[0]


async def enter(desk: SignedLedger, entry: HosterEntry) -> None:
    """Put a hoster into the registry."""
    send = Send(REGISTRY.name, entry.id.encode(), CODEC.encode(entry), partition=0)
    await desk.ledger.outbox.send([send])


async def dispute(desk: SignedLedger) -> None:
    """Let the hoster dispute a case."""
    record, at = answer(30)
    await desk.ledger.entry(URL_KEY, (replace(record, answer="disputed"), at), "dispute")
    await desk.ledger.fold()
