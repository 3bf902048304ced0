"""What all tests of the consume loop share."""

import pytest

from agents.engine.consume import handlers


@pytest.fixture
def lists_at_once(monkeypatch):
    """Let lists follow each other at once: whoever asks what is in them need not wait for them."""
    monkeypatch.setattr(handlers, "LIST_EVERY_S", 0.0)
