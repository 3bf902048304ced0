"""Writes rules.yaml, the rules of deploy/prometheus for the Prometheus operator."""

from pathlib import Path
from typing import Final

RULES: Final = Path(__file__).parents[1] / "prometheus" / "rules"
TARGET: Final = Path(__file__).parent / "rules.yaml"
HEAD: Final = """\
# Made by `python deploy/kubernetes/generate.py` from deploy/prometheus/rules.
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata:
  name: hostwatch
spec:
  groups:
"""


def text() -> str:
    """Return the manifest: the groups of all files, as they are written there."""
    groups = []
    for file in sorted(RULES.glob("*.rules.yml")):
        _, _, body = file.read_text().partition("\ngroups:\n")
        groups += [f"  {line}" if line else line for line in body.rstrip("\n").split("\n")]
    return HEAD + "\n".join(groups) + "\n"


if __name__ == "__main__":
    TARGET.write_text(text())
