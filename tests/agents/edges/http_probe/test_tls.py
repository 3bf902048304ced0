"""TLS as bytes, and what a certificate is worth."""

import contextlib
import ssl
from datetime import UTC, datetime, timedelta

import pytest
import trustme

from agents.edges.http_probe.tls import Certificates, Session, TlsFailed, unenforced_context

NOW = datetime.now(UTC)  # noqa: TID251 - certificates of a test hold from now on


def shaken(server: ssl.SSLContext, host: str) -> Session:
    """Shake hands with a server in memory, one byte at a time, and return our side."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    theirs = server.wrap_bio(incoming, outgoing, server_side=True)
    ours = Session(unenforced_context(), host)
    ours.receive(b"")
    for _ in range(4):
        incoming.write(ours.pending())
        with contextlib.suppress(ssl.SSLWantReadError):
            theirs.do_handshake()
        for byte in outgoing.read():
            ours.receive(bytes((byte,)))
    return ours


def serving(ca: trustme.CA, *names: str, **terms) -> ssl.SSLContext:
    """Return a server's context with a certificate for names."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ca.issue_cert(*names, **terms).configure_cert(context)
    return context


@pytest.fixture
def trusted(tmp_path, monkeypatch) -> trustme.CA:
    """Return an authority that the system trusts."""
    ca = trustme.CA()
    ca.cert_pem.write_to_path(tmp_path / "roots.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "roots.pem"))
    return ca


def test_a_certificate_that_holds(trusted) -> None:
    """It holds for its name at its time and for nothing else."""
    chain = shaken(serving(trusted, "x.example"), "x.example").chain()
    certificates = Certificates()
    for _ in range(2):  # judged, then remembered
        assert certificates.valid(chain, "x.example", NOW)
        assert not certificates.valid(chain, "y.example", NOW)
        assert not certificates.valid(chain, "x.example", NOW - timedelta(days=36_500))
    assert not certificates.valid(chain, "[::1]", NOW)
    assert not certificates.valid(chain, "", NOW)
    assert not certificates.valid([], "x.example", NOW)
    assert not certificates.valid([b"\x30\x03garbage"], "x.example", NOW)


def test_a_certificate_of_no_known_version(trusted, tmp_path) -> None:
    """A version that X.509 does not have passes OpenSSL's handshake; it is judged, and is no."""
    held = trusted.issue_cert("x.example")
    der = ssl.PEM_cert_to_DER_cert(held.cert_chain_pems[0].bytes().decode())
    at = der.index(bytes.fromhex("a003020102")) + 4  # [0] INTEGER 2 is version 3 (RFC 5280 4.1.2.1)
    odd = der[:at] + b"\x09" + der[at + 1 :]
    file = tmp_path / "held.pem"
    pem = ssl.DER_cert_to_PEM_cert(odd).encode()
    file.write_bytes(pem + held.private_key_pem.bytes())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    session = shaken(context, "x.example")
    assert session.established
    assert session.chain() == [odd]
    assert not Certificates().valid(session.chain(), "x.example", NOW)


@pytest.mark.usefixtures("trusted")
def test_a_certificate_of_nobody() -> None:
    """The handshake goes on; the certificate does not hold."""
    session = shaken(serving(trustme.CA(), "x.example"), "x.example")
    assert session.established
    assert session.version() == "TLSv1.3"
    assert not Certificates().valid(session.chain(), "x.example", NOW)


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_2])
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_old_versions_are_spoken(trusted, version) -> None:
    """A server that stopped at an old version is still seen."""
    server = serving(trusted, "x.example")
    server.minimum_version = server.maximum_version = version
    server.set_ciphers("ALL:@SECLEVEL=0")
    assert shaken(server, "x.example").version() == version.name.replace("_", ".")


def test_an_address_has_no_name_to_send(trusted) -> None:
    """A literal host shakes hands without SNI."""
    assert shaken(serving(trusted, "192.0.2.1"), "[2001:db8::1]").established


@pytest.mark.parametrize(
    "host", ["", ".x.example", "a" * 64 + ".example", "x..example", "abcdefg." * 40 + "example"]
)
def test_names_no_certificate_can_hold(host: str) -> None:
    """They end as a TLS failure, at whatever step the library refuses them."""
    try:
        session = Session(unenforced_context(), host)
        session.receive(b"")
    except TlsFailed:
        return
    assert not session.established


def test_garbage_in_a_handshake_is_a_failure() -> None:
    """Garbage in the handshake is a failure that names nothing."""
    session = Session(unenforced_context(), "x.example")
    session.receive(b"")
    with pytest.raises(TlsFailed) as failed:
        session.receive(b"HTTP/1.1 400 Bad\r\n\r\n")
    assert str(failed.value) == ""
