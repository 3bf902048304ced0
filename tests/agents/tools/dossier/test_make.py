"""A dossier of a hoster, on a real broker."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from desk_ledger import BACKDATED, LEAK_MARKER, URL_KEY, rename
from ledger_events import answer
from msgspec.structs import replace
from outside_program import outside_program
from rooted_ledger import Rooted, rooted_ledger

from agents.errors import UserError
from agents.tools.dossier import file_form, make
from agents.tools.dossier.check import Known, findings
from agents.tools.dossier.make import made
from agents.tools.sealed.audit import read_audit
from schemas.closed_lists import AnswerKind, NormVerdict, Target
from schemas.dossier.dossier import Dossier


@pytest.fixture
async def rooted(bootstrap: str, tmp_path: Path) -> AsyncIterator[Rooted]:
    """A ledger with roots."""
    async with rooted_ledger(bootstrap, tmp_path) as found:
        yield found


async def test_a_dossier_tells_and_proves_all_of_a_hosters_cases(rooted, monkeypatch) -> None:
    """Its cases and no others; all records of their URLs; nothing wrong with it.

    A URL is in it on a person's word alone, after `audit.v1` has it.
    """
    settings, by = rooted.desk.ledger.settings, rooted.desk.by("anna")
    dossier = await made(settings, rooted.request(), by)
    raw = file_form.encode(dossier)
    assert findings(raw, Known((rooted.key,))) == []
    assert {one.hoster for one in dossier.cases} == {"acme"}
    assert LEAK_MARKER.split("/", maxsplit=1)[0].encode() not in raw
    told(dossier)
    other = await made(settings, rooted.request("other"), by)
    assert {one.case_id for one in other.cases}.isdisjoint(one.case_id for one in dossier.cases)
    assert await read_audit(settings) == []
    await opened(rooted)
    await refused(rooted, monkeypatch)


def told(dossier: Dossier) -> None:
    """Hold what a dossier tells against the ledger that it is made from."""
    (backdated,) = [one for one in dossier.cases if one.url_key == BACKDATED]
    (removed,) = [one for one in dossier.cases if one.url_key == URL_KEY]
    assert "flag_backdated" in {one.what for one in backdated.speaks_for_the_hoster}
    assert removed.gone_at is not None
    observations = [one for one in removed.observations if one.target is Target.URL]
    assert {one.verdict for one in observations} >= {"online", "gone_hard"}
    assert all(one.rule for one in observations)
    assert any(one.backed for one in observations)
    assert removed.steps[0].rule == "1.2"
    verdicts = {one.norm_s: one.verdict for one in removed.norms}
    assert set(verdicts.values()) <= set(NormVerdict)
    assert removed.attributions[0].places[0].hoster == "acme"
    assert removed.notices[0].result == "delivered"
    assert sum(one.observations for one in dossier.vantages) == len(
        {row.record for one in dossier.cases for row in one.observations}
    )


async def opened(rooted: Rooted) -> None:
    """Have URLs opened."""
    settings, by = rooted.desk.ledger.settings, rooted.desk.by("anna")
    dossier = await made(settings, rooted.request(reveal=True), by)
    (opened,) = [one.opened for one in dossier.cases if one.url_key == URL_KEY]
    assert opened == f"http://{LEAK_MARKER}"
    audited = [one.entry for one in await read_audit(settings)]
    assert [(one.what, one.url_key) for one in audited] == [("dossier", URL_KEY)]
    assert findings(file_form.encode(dossier), Known((rooted.key,))) == []


async def test_nothing_behind_the_newest_root_is_in_it(rooted) -> None:
    """What came later is there once a root covers it; a ledger that was changed is said."""
    settings, by = rooted.desk.ledger.settings, rooted.desk.by("anna")
    before = await made(settings, rooted.request(), by)
    await rooted.desk.persons.decide(URL_KEY, "--action", "exclude", "--reason", "our test")
    await rooted.desk.ledger.fold()
    same = await made(settings, rooted.request(), by)
    assert (same.cases, same.records) == (before.cases, before.records)
    await rooted.cover()
    after = await made(settings, rooted.request(), by)
    (case,) = [one for one in after.cases if one.url_key == URL_KEY]
    assert [one.action for one in case.decisions] == ["exclude"]
    assert case.case_class == "excluded"
    assert findings(file_form.encode(after), Known((rooted.key,))) == []


async def test_another_name_changes_no_dossier_and_ends_no_dispute(rooted) -> None:
    """Under the old one up to the root, under the new one with all that was said by the old one."""
    settings, by = rooted.desk.ledger.settings, rooted.desk.by("anna")
    for hours, who in ((30, "acme"), (31, "other")):
        record, at = answer(hours, recipient=who)
        said = replace(record, answer=AnswerKind.DISPUTED), at
        await rooted.desk.ledger.entry(URL_KEY, said, f"dispute of {who}")
    await rooted.cover()
    before = await made(settings, rooted.request(), by)
    (case,) = [one for one in before.cases if one.url_key == URL_KEY]
    assert case.disputed_since == answer(30)[1]
    await rename(rooted.desk, "nova")
    same = await made(settings, rooted.request(), by)
    assert (same.cases, same.records) == (before.cases, before.records)
    await rooted.cover()
    after = await made(settings, rooted.request("nova"), by)
    (renamed,) = after.cases
    assert (renamed.case_id, renamed.hoster) == (case.case_id, "nova")
    assert renamed.disputed_since == case.disputed_since
    assert renamed.noticed_at == case.noticed_at
    assert [one.recipient for one in renamed.answers] == ["acme"]
    assert not [one for one in after.records if '"recipient":"other"' in one.value]
    raw = file_form.encode(after)
    assert findings(raw, Known((rooted.key,))) == []
    assert outside_program().findings(raw, (rooted.key,)) == []


async def refused(rooted: Rooted, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ask for what cannot be made."""
    settings = rooted.desk.ledger.settings
    before = len(await read_audit(settings))
    for more in ({}, {"reveal": True}):
        with pytest.raises(UserError, match="has no case"):
            await made(settings, rooted.request("nobody", **more), rooted.desk.by("anna"))
    monkeypatch.setattr(make, "CASES_MAX", 0)
    with pytest.raises(UserError, match="more than 0 cases"):
        await made(settings, rooted.request(reveal=True), rooted.desk.by("anna"))
    assert len(await read_audit(settings)) == before
    await rooted.desk.persons.create("cleo")
    with pytest.raises(UserError, match="nobody who may sign"):
        await made(settings, rooted.request(), rooted.desk.by("cleo"))
