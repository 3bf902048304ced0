"""`hostwatch replay`: what is refused before anything starts, and what is shown of the result."""

import json
import re
from collections import Counter
from pathlib import Path

import pytest

from agents import cli
from agents.cli.replay import TABLE_ROWS_MAX, _show
from agents.errors import UserError
from agents.tools.importing.outcomes import Settled
from agents.tools.replay import ReplayResult
from schemas.closed_lists import Quarantine
from schemas.moments import DAY_MS, HOUR_MS
from streams.views.replay_figures import SourceReport

NETWORKS = TABLE_ROWS_MAX + 5
TOOK_MS = 2 * DAY_MS + HOUR_MS


def replayed() -> ReplayResult:
    """Return a result of many networks, each with a URL that was removed, and one that stays."""
    removed = [
        SourceReport(0, TOOK_MS, False, frozenset({f"AS{64_500 + n}"}), frozenset({"NL"}))
        for n in range(NETWORKS)
    ]
    stays = SourceReport(0, TOOK_MS, True, frozenset({"AS64500"}), frozenset({"NL"}))
    refused = Counter({Quarantine.MALFORMED: 2})
    settled = Settled(accepted=NETWORKS + 1, duplicate=3, quarantined=refused)
    return ReplayResult(settled=settled, rows=[*removed, stays], events=1_000)


@pytest.mark.parametrize("option", ["--urlhaus", "--asn", "--country", "--dns"])
def test_a_file_that_is_not_there_starts_no_broker(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], option: str
) -> None:
    """It is named before minutes are spent on the others."""
    (tmp_path / "dump.csv").touch()
    files = {"--urlhaus": tmp_path / "dump.csv", option: tmp_path / "gone"}
    named = [word for name, file in files.items() for word in (name, str(file))]
    assert cli.run(["replay", "--data", str(tmp_path / "data"), *named]) == 2
    assert f"there is no file {tmp_path / 'gone'}" in capsys.readouterr().err
    assert not (tmp_path / "data").exists()


def test_a_screen_has_the_largest_networks_and_the_json_has_all(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both say the same of a network; how many there are stands below the table."""
    monkeypatch.setenv("COLUMNS", "200")
    file = tmp_path / "out.json"
    _show(replayed(), 10.0, str(file))
    shown = capsys.readouterr().out
    assert len(set(re.findall(r"AS645\d\d", shown))) == TABLE_ROWS_MAX
    assert re.search(r"AS64500\W+2\W+1\W+1\W+0\W+2 d 1.0 h", shown)
    assert f"3 duplicate, quarantined: 2 malformed; {NETWORKS} networks; 10.0 s" in shown
    out = json.loads(file.read_text())
    assert len([one for one in out["groups"] if one["by"] == "asn"]) == NETWORKS
    (first,) = [one for one in out["groups"] if one["id"] == "AS64500"]
    assert first == {
        "by": "asn",
        "id": "AS64500",
        "reported": 2,
        "removed": 1,
        "online": 1,
        "never_online": 0,
        "km": {"p25_s": TOOK_MS // 1_000, "p50_s": TOOK_MS // 1_000, "p75_s": None},
    }
    assert (out["events_per_s"], out["quarantined"]) == (100.0, {"malformed": 2})


def test_standard_output_has_the_json_alone(capfd: pytest.CaptureFixture[str]) -> None:
    """Another program reads it."""
    _show(replayed(), 10.0, "-")
    assert json.loads(capfd.readouterr().out)["accepted"] == NETWORKS + 1


def test_a_result_that_cannot_be_written_is_a_mistake_of_the_person(tmp_path: Path) -> None:
    """After minutes of work it ends in one line, as of any other command."""
    with pytest.raises(UserError, match="cannot be written"):
        _show(replayed(), 10.0, str(tmp_path / "none" / "out.json"))
