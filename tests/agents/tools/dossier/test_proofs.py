"""Proofs of records, on a real broker: a ledger that is not what its roots say is found."""

import pytest
from msgspec.structs import replace
from rooted_ledger import rooted_ledger

from agents.errors import UserError
from agents.tools.dossier.proofs import hour_of, proved, spans_of
from agents.tools.dossier.read import read_cases, rooted
from agents.tools.roots.hours import read_roots
from schemas.chain.merkle import EMPTY_ROOT
from streams.dossier.cases import DossierScope


async def test_a_record_is_proved_or_the_ledger_is_not_what_its_root_says(
    bootstrap, tmp_path
) -> None:
    """Every record of the cases, each in its hour; a root of other records ends it."""
    async with rooted_ledger(bootstrap, tmp_path) as desk:
        settings = desk.desk.ledger.settings
        found = await rooted(settings)
        await read_cases(settings, found, DossierScope("acme", 0, found.as_of, found.as_of))
        records = [record for mine in found.by_url.values() for record in mine]
        quoted, hours = await proved(settings, found.roots, records)
        assert len(quoted) == len(records) > 100
        assert {one.hour_at for one in quoted} == {one.root.hour_at for one in hours}
        roots = await read_roots(settings)
        spans = spans_of(roots)
        assert {hour_of(spans, one) for one in records} == {one.hour_at for one in quoted}
        forged = [
            replace(one, root=EMPTY_ROOT.hex()) if one.hour_at == quoted[0].hour_at else one
            for one in roots
        ]
        with pytest.raises(UserError, match="not what its root"):
            await proved(settings, forged, records)
