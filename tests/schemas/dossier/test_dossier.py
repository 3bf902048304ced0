"""The file of a dossier."""

import msgspec
import pytest

from schemas.dossier.dossier import Dossier


def test_a_file_says_which_form_it_has() -> None:
    """One of another version, or of another kind, is refused and not misread."""
    assert Dossier.__struct_config__.tag == "hostwatch dossier 1"
    for form in ("hostwatch dossier 2", "hostwatch letter 1"):
        with pytest.raises(msgspec.ValidationError, match="format"):
            msgspec.convert({"format": form}, Dossier)
