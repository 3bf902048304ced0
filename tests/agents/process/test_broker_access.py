"""How clients reach the broker: never with less protection than the settings ask for."""

import ssl
from pathlib import Path

import pytest
import trustme
from faust.auth import SASLCredentials, SSLCredentials

from agents.config import KafkaSecurity, KafkaSettings
from agents.engine.consume.app import credentials
from agents.errors import UserError
from agents.process.broker_access import SECRET_BYTES_MAX, arguments

PASSWORD = "a password of the tests"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with an authority, a certificate of it and a password."""
    authority = trustme.CA()
    issued = authority.issue_cert("127.0.0.1")
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    issued.private_key_pem.write_to_path(tmp_path / "key.pem")
    issued.cert_chain_pems[0].write_to_path(tmp_path / "cert.pem")
    (tmp_path / "password").write_text(f"{PASSWORD}\n")
    return tmp_path


def kafka(folder: Path, *, tls: bool, user: bool, **more: object) -> KafkaSettings:
    """Return the settings of a broker with TLS, a user, both or neither."""
    said: dict[str, object] = {"tls": tls}
    if tls:
        said["ca_file"] = folder / "ca.pem"
    if user:
        said |= {"username": "worker", "password_file": folder / "password"}
    return KafkaSettings(bootstrap="127.0.0.1:9092", security=KafkaSecurity(**said | more))


@pytest.mark.parametrize(
    ("tls", "user", "protocol"),
    [
        (False, False, "PLAINTEXT"),
        (True, False, "SSL"),
        (False, True, "SASL_PLAINTEXT"),
        (True, True, "SASL_SSL"),
    ],
)
def test_both_clients_are_told_the_same(folder: Path, tls: bool, user: bool, protocol: str) -> None:
    """What aiokafka gets by arguments Faust gets by credentials: TLS that checks, and the user."""
    found = arguments(kafka(folder, tls=tls, user=user))
    faust = credentials(kafka(folder, tls=tls, user=user))
    assert found["bootstrap_servers"] == "127.0.0.1:9092"
    assert found["security_protocol"] == protocol
    assert (faust.protocol.value if faust else "PLAINTEXT") == protocol
    theirs = (
        faust.context if isinstance(faust, SSLCredentials) else getattr(faust, "ssl_context", None)
    )
    contexts = [found.get("ssl_context"), theirs]
    for context in contexts if tls else ():
        assert context.verify_mode is ssl.CERT_REQUIRED
        assert context.check_hostname
    assert tls or contexts == [None, None]
    names = ("sasl_mechanism", "sasl_plain_username", "sasl_plain_password")
    if not user:
        assert not {*names} & found.keys()
        assert faust is None or isinstance(faust, SSLCredentials)
        return
    assert isinstance(faust, SASLCredentials)
    assert [found[name] for name in names] == ["SCRAM-SHA-512", "worker", PASSWORD]
    assert (faust.mechanism.value, faust.username, faust.password) == tuple(
        found[name] for name in names
    )


def test_our_own_certificate_goes_along(folder: Path) -> None:
    """A broker may ask for one; a key that is not the certificate's is a mistake."""
    ours = {"cert_file": folder / "cert.pem", "key_file": folder / "key.pem"}
    arguments(kafka(folder, tls=True, user=False, **ours))
    trustme.CA().issue_cert("127.0.0.1").private_key_pem.write_to_path(folder / "key.pem")
    with pytest.raises(UserError, match="cert_file and key_file"):
        arguments(kafka(folder, tls=True, user=False, **ours))


@pytest.mark.parametrize(
    "text",
    [f"{PASSWORD}", f"{PASSWORD}\n", f"{PASSWORD}\r\n", " \u00e9 with blanks ", "x" * 4_096],
)
def test_a_password_is_one_line_without_its_end(folder: Path, text: str) -> None:
    """Blanks belong to it, and so does every other letter."""
    (folder / "password").write_bytes(text.encode())
    found = arguments(kafka(folder, tls=False, user=True))
    assert found["sasl_plain_password"] == text.rstrip("\r\n")


@pytest.mark.parametrize("raw", [b"", b"\n", b"two\nlines\n", b"x" * (SECRET_BYTES_MAX + 1)])
def test_a_file_that_is_no_password_is_refused(folder: Path, raw: bytes) -> None:
    """Another file that was named by mistake does not go over the network as a password."""
    (folder / "password").write_bytes(raw)
    for told in (arguments, credentials):
        with pytest.raises(UserError, match="one line"):
            told(kafka(folder, tls=False, user=True))


@pytest.mark.parametrize("name", ["password", "ca.pem"])
@pytest.mark.parametrize("raw", [None, b"\xff\xfe no text"])
def test_a_file_that_cannot_be_read_is_named_and_not_shown(
    folder: Path, name: str, raw: bytes | None
) -> None:
    """One line says which setting it is; without the file nobody connects in clear instead."""
    (folder / name).unlink()
    if raw is not None:
        (folder / name).write_bytes(raw)
    for told in (arguments, credentials):
        with pytest.raises(UserError, match=r"kafka\.security") as refused:
            told(kafka(folder, tls=True, user=True))
        assert str(folder) not in str(refused.value)
