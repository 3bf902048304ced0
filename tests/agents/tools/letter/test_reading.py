"""What a letter tells, read from a real broker."""

import pytest
from desk_ledger import BACKDATED, desk_ledger

from agents.errors import UserError
from agents.tools.letter.reading import read_cases
from streams.views.case_notices import NoticeEffect


async def test_cases_and_their_notices_are_read_a_partition_at_a_time(bootstrap, tmp_path) -> None:
    """Each notice stands in its case; who has no case gets no letter."""
    async with desk_ledger(bootstrap, tmp_path) as desk:
        told = await read_cases(desk.ledger.settings, "acme")
        assert told.notices.keys() <= {one.line.case_id for one in told.cases}
        (late,) = (one for one in told.cases if one.url_key == BACKDATED)
        (said,) = told.notices[late.line.case_id or ""]
        assert said.noticed_at == late.line.noticed_at
        assert (said.is_backdated, said.effect) == (True, NoticeEffect.CLOCK)
        clocked = [one.line.noticed_at for one in told.cases if one.line.noticed_at is not None]
        assert clocked == sorted(clocked)
        with pytest.raises(UserError, match="nobody has no case"):
            await read_cases(desk.ledger.settings, "nobody")
