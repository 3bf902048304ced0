"""Fuzzes one target with atheris: `python tests/fuzz/run.py url [FOLDER] [-max_total_time=60 ...]`.

Options with a dash go to libFuzzer. Inputs that reach new code are kept in the folder,
.hostwatch/fuzz without one, and the next run starts from them. An input that fails an oracle is
printed as a line for tests/fuzz/corpus, where the tests keep it for good.
"""

import sys
from pathlib import Path

import atheris

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
KEPT = ROOT / ".hostwatch" / "fuzz"
TARGETS = ("url", "head", "wire", "verdict", "names", "record", "tls", "probe")
LIMITS = ("-timeout=10", "-rss_limit_mb=1024", "-max_len=2048", "-verbosity=0")
"""An input that takes 10 s or a process of 1 GiB is a finding; longer inputs find nothing more."""

sys.path[:0] = [str(ROOT), str(HERE), *map(str, HERE.parent.glob("support/*/"))]


def main() -> None:
    """Run a target for as long as libFuzzer is told to; exit code 1 if an oracle fails."""
    if len(sys.argv) < 2 or sys.argv[1] not in TARGETS:
        raise SystemExit(f"usage: run.py {'|'.join(TARGETS)} [FOLDER] [libFuzzer options]")
    target, *options = sys.argv[1:]
    folder = Path(options.pop(0)) if options and not options[0].startswith("-") else KEPT
    with atheris.instrument_imports(include=["schemas", "streams", "agents.edges"]):
        module = __import__(f"fuzz_{target}")
    from fuzz_bytes import as_line, inputs

    def check(data: bytes) -> None:
        try:
            module.check(data)
        except BaseException:  # whatever ends the run, its input is told
            print(f"fails: {as_line(data)}", flush=True)
            raise

    kept = folder / target
    kept.mkdir(parents=True, exist_ok=True)
    for number, data in enumerate(inputs(target)):
        (kept / f"corpus-{number:03}").write_bytes(data)
    limits = [*LIMITS, f"-artifact_prefix={folder}/"]
    atheris.Setup([sys.argv[0], *limits, *options, str(kept)], check)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
