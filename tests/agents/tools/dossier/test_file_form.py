"""The bytes of a dossier's file."""

import json

import pytest
from made_dossier import made_dossier

from agents.errors import UserError
from agents.tools.dossier import file_form


def test_a_dossier_has_one_form_and_comes_back(bootstrap, tmp_path) -> None:
    """Sorted, without blanks, a line feed at the end; what is none is one line."""
    dossier = made_dossier(bootstrap, tmp_path).all
    raw = file_form.encode(dossier)
    assert file_form.decode(raw) == dossier
    plain = json.loads(raw)
    text = json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert raw == text.encode() + b"\n"
    with pytest.raises(UserError, match="no dossier"):
        file_form.decode(b"{}")
    with pytest.raises(UserError, match="cannot be read"):
        file_form.read(tmp_path / "none")
