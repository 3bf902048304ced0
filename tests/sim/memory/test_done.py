"""A long run that was ended goes on where it was, and only where it is the same run."""

import pytest

from agents.cli import app
from agents.stages.lifecycle.stage import LifecycleStage
from sim.memory import done as dones
from sim.memory.done import DoneSeeds, code
from sim.memory.run import Size
from sim.memory.seeds import Task

RUN = "hostwatch simulate --scenario all --seeds 0..0"


def seeds(path, run=RUN):
    return DoneSeeds(path, run).seeds


def test_what_was_done_is_known_the_next_time(tmp_path):
    """Also by whoever was killed: a line that was not finished is none."""
    path = tmp_path / "state" / "seeds"
    first = DoneSeeds(path, RUN)
    for seed in (1, 2, 12):
        first.add(seed)
    assert seeds(path) == {1, 2, 12}
    with path.open("a") as file:
        file.write("13")
    assert seeds(path) == {1, 2, 12}
    DoneSeeds(path, RUN).add(3)
    assert seeds(path) == {1, 2, 3, 12}


def test_another_run_or_other_code_begins_anew(tmp_path, monkeypatch):
    """What held of one world or by one state of the code says nothing of others."""
    path = tmp_path / "seeds"
    DoneSeeds(path, RUN).add(1)
    assert seeds(path, RUN + " --days 2") == set()
    DoneSeeds(path, RUN).add(1)
    monkeypatch.setattr(dones, "code", lambda: "other")
    assert seeds(path) == set()


def test_a_run_that_is_complete_is_forgotten(tmp_path):
    """The next one plays all seeds; as long as one is missing, what is done is kept."""
    path = tmp_path / "seeds"
    done = DoneSeeds(path, RUN)
    done.add(1)
    done.finish(range(1, 3))
    assert path.exists()
    done.add(2)
    done.finish(range(1, 3))
    assert not path.exists()


def test_the_code_has_a_name():
    """The same each time it is asked for."""
    assert code() == code()
    assert len(code()) == 16


ASKED = ("simulate", "--scenario", "calm", "--days", "0.1", "--hosters", "2", "--rate", "1")


CALM = Task(scenario="calm", days=0.1, size=Size(hosters=2, rate=1))


def simulate(*arguments):
    with pytest.raises(SystemExit) as ended:
        app([*ASKED, *arguments])
    return ended.value.code


def test_a_run_that_was_ended_plays_the_rest(tmp_path, capsys, monkeypatch):
    """Seeds that held are not played again, one that failed is, and the last one ends it."""
    path = str(tmp_path / "seeds")
    DoneSeeds(tmp_path / "seeds", CALM.rest(0, 0)).add(2)
    handle = LifecycleStage.handle
    with monkeypatch.context() as patch:
        patch.setattr(
            LifecycleStage, "handle", lambda self, records: handle(self, records[:-1] or records)
        )
        assert simulate("--seeds", "2..3", "--done", path) == 1
    said = capsys.readouterr().out
    assert "1 seeds held before" in said
    assert "again: hostwatch simulate --scenario calm --seed 3" in said
    assert seeds(tmp_path / "seeds", CALM.rest(0, 0)) == {2}
    assert simulate("--seeds", "2..3", "--done", path) == 0
    assert not (tmp_path / "seeds").exists()
