"""Laws of `hostwatch doctor`: what is broken ends it with 1, and the line says what to do."""

import json
from pathlib import Path

from typer.testing import CliRunner

from agents.cli import app
from agents.edges.child_process.ports import reserved


def test_a_broker_that_refuses_is_said_and_ends_it_with_one(tmp_path: Path) -> None:
    """A broker that is only named is not well; nor is one vantage that says who it is."""
    with reserved(0) as port:
        pass
    config = tmp_path / "hostwatch.toml"
    config.write_text(
        f'state_dir = "{tmp_path}"\nkey_file = "{tmp_path}/keys.json"\n'
        f'[kafka]\nbootstrap = "127.0.0.1:{port}"\n[dns]\nservers = ["127.0.0.1:{port}"]\n'
    )
    done = CliRunner().invoke(app, ["--config", str(config), "doctor"], env={"COLUMNS": "200"})
    said = " ".join(done.output.split())
    assert done.exit_code == 1, done.output
    assert "broken │ broker │ the connection is refused" in said
    assert "check │ vantages │ there is one vantage only: no removal that it sees counts" in said
    out = tmp_path / "doctor.json"
    done = CliRunner().invoke(app, ["--config", str(config), "doctor", "--json", str(out)])
    assert (done.exit_code, done.stdout) == (1, "")
    findings = {one["what"]: one for one in json.loads(out.read_bytes())}
    assert findings["broker"]["state"] == "broken"
    assert findings["broker"]["said"].startswith("the connection is refused")
