"""What a probe of a server costs: the part of the prober's bench that needs no peers."""

import importlib.util
import statistics
import sys
import tempfile
from pathlib import Path
from types import ModuleType
from typing import Any

from harness import Failed

PROBES = 10_000
ROUNDS = 3
CAP_S = 60.0
PROBER = Path(__file__).parent.parent / "prober"


async def point() -> dict[str, Any]:
    """Let the prober ask an nginx on loopback, some rounds, and return the median cost.

    Raises:
        Failed: nginx is not installed, or a probe had no answer.
    """
    bench = _prober_bench()
    costs = []
    with tempfile.TemporaryDirectory(prefix="hostwatch-bench-") as folder:
        try:
            async with bench.nginx(Path(folder)) as port:
                for _ in range(ROUNDS):
                    spec = bench.Spec(port=port, probes=PROBES, at_once=bench.AT_ONCE)
                    contestant = bench.CONTESTANTS[0]
                    found = await bench.race(contestant, Path(sys.executable), spec, CAP_S)
                    costs.append(found.cpu_us)
        except bench.Missing as error:
            raise Failed(str(error)) from None
    return {"probes": PROBES, "probe_us": statistics.median(costs)}


def _prober_bench() -> ModuleType:
    """Load the prober's bench, whose driver has the name of another bench's."""
    sys.path.append(str(PROBER))
    spec = importlib.util.spec_from_file_location("prober_bench", PROBER / "run.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module
