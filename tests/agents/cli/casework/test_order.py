"""`hostwatch order`: what is typed, on a real broker."""

import json

import pytest
from ledger_events import ONLINE, at, fold, notice, placed, report, slots
from quick_desk import quick_desk
from small_ledger import INBOX, KEYS, LINE, PARTITIONS
from two_persons import run

from agents import cli
from agents.cli.casework.order import _show
from agents.engine.read.bulk import read_partitions
from schemas.authority_orders import OrderStage
from schemas.closed_lists import Basis
from schemas.codec import HOTLINE
from streams.dossier.authority_orders import orders_of

REGISTRY = f"""
[[hotline]]
id = "{LINE}"
name = "An authority"
jurisdiction = "default"

[[hoster]]
id = "acme"
name = "Acme"
"""
URL = "http://ordered.example/page"


async def test_an_order_goes_to_its_authoritys_inbox_and_is_listed(
    bootstrap, tmp_path, capsys
) -> None:
    """Twice typed it has the same ids; where it stands is shown without a URL."""
    async with quick_desk(bootstrap, tmp_path) as desk:
        config, urls = desk.persons.config, tmp_path / "urls.txt"
        (tmp_path / "registry.toml").write_text(REGISTRY)
        assert await run("registry", "apply", str(tmp_path / "registry.toml"), config=config) == 0
        urls.write_text(f"{URL}\n\n")
        said = (
            "--reference",
            "2026-17",
            "--term",
            "12h",
            "--urls",
            str(urls),
            "--stage",
            "penalty",
        )
        add = ("order", "add", LINE, "acme", *said, "--delivered-at", "2026-03-01T10:00:00Z")
        for _ in range(2):
            assert await run(*add, config=config) == 0
        found = []
        async for records in read_partitions(desk.ledger.settings, INBOX, range(PARTITIONS)):
            found += [HOTLINE.decode(one.value) for one in records if one.value != b"{}"]
        assert len(found) == 4
        assert len({one.id for one in found}) == 2
        order = next(one for one in found if one.id.startswith("order-"))
        assert (order.basis, order.term_s, order.stage) == (Basis.ORDER, 43_200, OrderStage.PENALTY)
        assert (order.url, order.reference) == (URL, "2026-17")
        given = notice(2, basis=Basis.ORDER, term_s=43_200, stage=OrderStage.PENALTY)
        await desk.ledger.entry(KEYS[1], given, "order-1")
        await desk.ledger.fold()
        capsys.readouterr()
        assert await run("order", "list", "--hoster", "acme", "--json", "-", config=config) == 0
        (listed,) = json.loads(capsys.readouterr().out)
        assert (listed["stage"], listed["stand"], listed["next_stage"]) == (
            "penalty",
            "broken",
            None,  # its probes came too late to show it in public
        )
        assert await run("order", "list", config=config) == 0
        assert "broken (case" in capsys.readouterr().out
        assert await run("order", "list", "--hoster", "nobody", config=config) == 1
        assert await run(*add[:2], "nobody", *add[3:], config=config) == 2
        assert "no hotline nobody" in capsys.readouterr().err
        urls.write_text("no url\n")
        assert await run(*add, config=config) == 2
        assert "URL number 1" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [
        ("--term", "12", "12h or 2d"),
        ("--term", "31d", "30 days at most"),
        ("--delivered-at", "2026-03-01", "with its zone"),
        ("--delivered-at", "0001-01-01T00:00+14:00", "with its zone"),
        ("--delivered-at", "1969-12-31T23:59Z", "with its zone"),
        ("--reference", "http://a.example/", "no URL"),
        ("--urls", "none.txt", "cannot be read"),
    ],
)
def test_a_mistake_is_one_line(tmp_path, capsys, option, value, said) -> None:
    """Before anything is asked of a broker."""
    (tmp_path / "urls.txt").write_text(f"{URL}\n")
    given = {
        "--reference": "r",
        "--term": "12h",
        "--delivered-at": "2026-03-01T10:00:00Z",
        "--urls": str(tmp_path / "urls.txt"),
    } | {option: value}
    words = [word for pair in given.items() for word in pair]
    assert cli.run(["order", "add", "atkm", "acme", *words]) == 2
    assert said in capsys.readouterr().err


def test_what_may_follow_is_printed(capsys) -> None:
    """Beside how the order stands."""
    given = notice(2, basis=Basis.ORDER, term_s=43_200, stage=OrderStage.PENALTY)
    state = fold(report(seen=0), placed(), given, slots([3, 20], ONLINE))
    _show(orders_of([given[0]], state, at(60)), None)
    assert "broken; fine may follow (case" in capsys.readouterr().out
