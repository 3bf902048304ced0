"""Settings that contradict each other are refused, in one line that says what to do."""

import pytest
from pydantic import ValidationError

from agents.config import KafkaSettings, ProbeSettings, Settings, VantageSettings


def test_a_hidden_vantage_does_not_announce_itself() -> None:
    """One that re-checks and says who it is would be known to all."""
    with pytest.raises(ValidationError, match="needs announced = false"):
        VantageSettings(id="away", recheck=True)
    assert VantageSettings(id="away", recheck=True, announced=False).recheck


def test_somebody_has_to_be_asked() -> None:
    """With hidden vantages alone nothing would be probed before it is removed."""
    hidden = VantageSettings(id="away", recheck=True, announced=False)
    with pytest.raises(ValidationError, match="at least one vantage"):
        Settings(vantages=(hidden,))
    assert len(Settings(vantages=(VantageSettings(id="home"), hidden)).vantages) == 2


def test_what_a_broker_or_a_socket_would_refuse_is_refused_here() -> None:
    """Two vantages of one id, a prefix that no topic may have, an address that is none."""
    with pytest.raises(ValidationError, match="home is the id of two vantages"):
        Settings(vantages=(VantageSettings(id="home"), VantageSettings(id="home", asn=1)))
    with pytest.raises(ValidationError, match="topic_prefix"):
        KafkaSettings(topic_prefix="a b/")
    with pytest.raises(ValidationError, match="an IP address of this machine"):
        VantageSettings(id="home", source_address="nonsense")
    assert VantageSettings(id="home", source_address="2001:db8::1").source_address


@pytest.mark.parametrize("name", ["cross_check_share", "recheck_share"])
@pytest.mark.parametrize("share", [-0.1, 1.1])
def test_a_share_lies_between_none_and_all(name: str, share: float) -> None:
    """They lie between none and all."""
    with pytest.raises(ValidationError):
        ProbeSettings(**{name: share})
