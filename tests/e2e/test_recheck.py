"""Servers that lie, before the whole pipeline on a real Kafka: none of them gains a removal."""

import asyncio
import signal
from pathlib import Path

from command import hostwatch, said
from pipeline_world import HIDDEN, LOUD, UNANNOUNCED, command_of, pipeline_world
from worker_figures import Figures

HOSTERS = ("quay", "reef")


async def test_who_lies_to_the_known_vantages_or_to_head_gains_nothing(
    tmp_path: Path, bootstrap: str
) -> None:
    """404 to both known addresses is a removal until the hidden vantage sees it: open again.

    It is not asked before. The other server answers 404 to every HEAD and the material to GET;
    its case is never removed.
    """
    async with pipeline_world(bootstrap, tmp_path, rechecked=True) as world:
        figures = Figures(world.settings.web.port)
        quay, reef = (world.sites[hoster] for hoster in HOSTERS)
        async with hostwatch(tmp_path, *command_of(world, tmp_path)) as worker:
            await world.say(*(world.report(hoster) for hoster in HOSTERS))
            await world.say(*(world.notice(hoster) for hoster in HOSTERS))
            await figures.become({("hostwatch_cases", h, "online"): 1.0 for h in HOSTERS}, worker)
            # to the hidden one it lies until the removal was shown: a slow machine could miss it
            quay.lies_to, reef.lies_to_head = frozenset({LOUD, UNANNOUNCED, HIDDEN}), True
            assert HIDDEN not in quay.asked_by
            await figures.become({("hostwatch_cases", "quay", "removed"): 1.0}, worker)
            quay.lies_to = frozenset({LOUD, UNANNOUNCED})
            found_out = {
                ("hostwatch_recheck_disagreed_cases", "quay", ""): 1.0,
                ("hostwatch_cases", "quay", "online"): 1.0,
                ("hostwatch_open_cases", "quay", ""): 1.0,
                ("hostwatch_rechecked_cases", "reef", ""): 0.0,
                ("hostwatch_cases", "reef", "removed"): 0.0,
                ("hostwatch_open_cases", "reef", ""): 1.0,
            }
            await figures.become(found_out, worker)
            worker.send_signal(signal.SIGTERM)
            async with asyncio.timeout(60):
                assert await worker.wait() == 0, said(tmp_path)
        assert quay.asked_by == {LOUD, UNANNOUNCED, HIDDEN}
        assert HIDDEN not in reef.asked_by
