"""A dossier's files."""

import pytest
from made_dossier import made_dossier

from agents.errors import UserError
from agents.tools.dossier import file_form
from agents.tools.dossier.write import JSON_FILE, write


def test_a_dossier_is_written_to_a_folder_that_is_made(bootstrap, tmp_path) -> None:
    """What cannot be written is one line."""
    dossier = file_form.decode(made_dossier(bootstrap, tmp_path).raw)
    names = write(dossier, tmp_path / "new" / "folder", ("nl",))
    assert {"dossier.json", "dossier.nl.html", "dossier.nl.pdf"} <= {*names}
    raw = file_form.read(tmp_path / "new" / "folder" / JSON_FILE)
    assert raw == file_form.encode(dossier)
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match="cannot be written"):
        write(dossier, tmp_path / "file" / "folder")
