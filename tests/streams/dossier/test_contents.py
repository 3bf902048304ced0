"""What a dossier says of a hoster, told from records alone."""

from ledger_events import KEY, ONLINE, at, gone_run, notice, placed, report, slots
from quoted_events import quoted

from schemas.records.registry import HosterEntry
from streams.dossier.cases import DossierScope, UnsealedFields
from streams.dossier.contents import contents, named, persons_known_as
from streams.registry.snapshot import RegistryHistory


def test_the_order_in_which_records_stand_changes_nothing() -> None:
    """Whoever checks a dossier has them in another order than whoever made it."""
    seen = [*slots([2], ONLINE), *gone_run(5)]
    records = quoted(report(seen=0), placed(), notice(1), seen)
    wanted = DossierScope("acme", 0, at(60), at(60))
    told = contents({KEY: records}, wanted, UnsealedFields())
    assert told == contents({KEY: records[::-1]}, wanted, UnsealedFields())
    assert [one.hoster for one in told.cases] == ["acme"]
    assert {one.what for one in told.speaks_for_the_hoster} >= {"removed", "norm_in_time"}
    assert [one.vantage for one in told.vantages] == ["north", "south"]
    assert contents({KEY: records}, wanted._replace(hoster="other"), UnsealedFields()).cases == ()


def test_a_hosters_name_is_that_of_its_newest_entry() -> None:
    """One that it owns may be a person; whoever has no entry is called by its id."""
    old = HosterEntry(id="acme", name="Acme", version=1, valid_from=0)
    new = HosterEntry(id="acme", name="Acme B.V.", version=2, valid_from=9**15)
    owned = HosterEntry(
        id="one", name="One", group="acme", version=1, valid_from=0, natural_person=True
    )
    assert named("acme", [new, old]) == ("Acme B.V.", False)
    assert named("acme", [old, owned]) == ("Acme", True)
    assert named("as64500", [old, owned]) == ("as64500", False)


def test_a_natural_person_is_one_under_every_name_that_it_had() -> None:
    """Also under the network that it was known by before its entry, and an earlier one."""
    person = {"id": "jansen", "name": "J. Jansen", "valid_from": 0, "natural_person": True}
    entries = [
        HosterEntry(version=1, asns=(64500,), group="before", **person),
        HosterEntry(version=2, asns=(64501,), group="holding", **person),
    ]
    for name in ("jansen", "as64500", "as64501", "before", "holding"):
        assert named(name, entries).natural_person, name
        assert persons_known_as({name, "acme"}, RegistryHistory(entries)) == {"jansen"}
    assert not named("as64502", entries).natural_person
    company = HosterEntry(version=3, **(person | {"natural_person": False}))
    assert not named("as64500", [*entries, company]).natural_person
