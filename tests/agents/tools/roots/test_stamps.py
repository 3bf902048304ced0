"""Timestamps of roots, by an authority of our own on this machine."""

from pathlib import Path

import pytest
from chain_records import log_of
from made_dossier import made_dossier
from msgspec.structs import replace
from outside_program import outside_program
from timestamp_authority import Authority

from agents.errors import UserError
from agents.tools.dossier import file_form
from agents.tools.dossier.check import Known, findings
from agents.tools.roots.stamps import is_stamped, of_roots, read_stamps, request

LOG = log_of(3)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """An authority with a certificate of its own."""
    return Authority(tmp_path_factory.mktemp("authority"))


def test_a_root_is_timestamped_and_another_is_not(authority: Authority, tmp_path: Path) -> None:
    """By that authority, for that root; a response that was changed is none."""
    asked = request(LOG[1], tmp_path)
    assert asked.name == f"root-{LOG[1].hour_at}.tsq"
    authority.answer(asked)
    (stamp,) = read_stamps(tmp_path)
    assert of_roots([stamp], LOG) == (stamp,)
    assert of_roots([stamp], LOG[:1]) == ()
    assert is_stamped(LOG[1].log_root, stamp, authority.certificate)
    assert not is_stamped(LOG[2].log_root, stamp, authority.certificate)
    assert not is_stamped(LOG[1].log_root, replace(stamp, response="AAAA"), authority.certificate)
    assert not is_stamped(LOG[1].log_root, replace(stamp, response="!"), authority.certificate)
    with pytest.raises(UserError, match="cannot be read"):
        read_stamps(tmp_path / "none")


def test_a_dossier_carries_timestamps_that_both_programs_check(
    authority: Authority, bootstrap: str, tmp_path: Path
) -> None:
    """With the authority's certificate; one of another root is found."""
    made = made_dossier(bootstrap, tmp_path)
    dossier = file_form.decode(made.raw)
    authority.answer(request(dossier.head, tmp_path))
    key, stamps = made.person, tuple(read_stamps(tmp_path))
    raw = file_form.encode(file_form.signed(replace(dossier, stamps=stamps), key))
    wrong = replace(dossier, stamps=(replace(stamps[0], hour_at=1),))
    with_stamp, by_script = (
        Known(authority=authority.certificate),
        {"authority": authority.certificate},
    )
    for program, known in (
        (findings, {"known": with_stamp}),
        (outside_program().findings, by_script),
    ):
        assert program(raw, **known) == []
        assert program(file_form.encode(file_form.signed(wrong, key)), **known)
        assert "no timestamp" in str(program(made.raw, **known))
