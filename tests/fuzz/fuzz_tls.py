"""Any bytes as a server's side of TLS, and any damage to the certificates it shows.

Oracles: a session raises only `TlsFailed`, for any host of a URL too, and gives no plain text
before the handshake stands; a chain is judged, whatever is in it, and holds only if what was
signed of its first certificate is undamaged and names the host.
"""

import contextlib
import ssl
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from cryptography.x509.verification import Store
from fuzz_bytes import Reader

from agents.edges.http_probe.tls import Certificates, Session, TlsFailed, unenforced_context
from schemas.identity.ids import BadUrl, canonical

_HOSTS = ("a.example", "b.example", "192.0.2.1", "a..example", "x" * 64 + ".example", "")
_KINDS = ("bytes", "flight", "chain", "host")
_EDITS = ("set", "insert", "cut")
_EDITS_MAX = 8
_NOW = datetime(2026, 1, 1, tzinfo=UTC)
_FROM, _TO = datetime(2025, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
_PEM = serialization.Encoding.PEM


def check(data: bytes) -> None:
    """Judge one input: a kind, then bytes, or edits of a flight or of certificates."""
    reader = Reader(data)
    kind = reader.pick(_KINDS)
    if kind == "chain":
        _check_chain(reader)
        return
    if kind == "host":
        times = reader.pick((1, 1, 5, 40))
        text = reader.rest().decode("utf-8", "replace") * times
        with contextlib.suppress(BadUrl, TlsFailed):
            Session(_CLIENT, canonical(f"https://{text}").host).receive(b"")
        return
    session = Session(_CLIENT, "a.example")
    with contextlib.suppress(TlsFailed):
        assert session.receive(b"") == b""
        sent = _flight(session.pending())
        raw = reader.rest() if kind == "bytes" else _damaged(sent, reader)
        plain = session.receive(raw)
        assert session.established or not plain, "plain text before the handshake"
    session.pending()
    session.chain()
    session.version()


def _check_chain(reader: Reader) -> None:
    host = reader.pick(_HOSTS)
    others = [_ROOT] * (reader.number() % 3)
    leaf = _damaged(_LEAF, reader)
    judge = Certificates()
    judge._store = _STORE
    if judge.valid([leaf, *others], host, _NOW):
        assert host == "a.example", "a certificate for another host"
        signed = x509.load_der_x509_certificate(leaf).tbs_certificate_bytes
        assert signed == _SHOWN.tbs_certificate_bytes, "a certificate nobody signed"
    else:
        assert (leaf, host) != (_LEAF, "a.example"), "a sound certificate does not hold"


def _damaged(raw: bytes, reader: Reader) -> bytes:
    held = bytearray(raw)
    for _ in range(_EDITS_MAX):
        if not reader.left:
            break
        edit, at = reader.pick(_EDITS), reader.number(2) % (len(held) + 1)
        if edit == "set":
            held[at : at + 1] = reader.take(1)
        elif edit == "insert":
            held[at:at] = reader.take(reader.number() % 24)
        else:
            del held[at : at + reader.number()]
    return bytes(held)


def _key(secret: int) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(secret, ec.SECP256R1())


def _builder(name: str, key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
    ours, issuer = (
        x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, one)]) for one in (name, "authority")
    )
    return (
        x509.CertificateBuilder()
        .subject_name(ours)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(4_711)
        .not_valid_before(_FROM)
        .not_valid_after(_TO)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(_key(1).public_key()), critical=False
        )
    )


def _authority() -> x509.Certificate:
    usage = dict.fromkeys(
        (
            "digital_signature",
            "content_commitment",
            "key_encipherment",
            "data_encipherment",
            "key_agreement",
            "encipher_only",
            "decipher_only",
        ),
        False,
    )
    return (
        _builder("authority", _key(1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(x509.KeyUsage(key_cert_sign=True, crl_sign=True, **usage), critical=True)
        .add_extension(
            x509.SubjectKeyIdentifier.from_public_key(_key(1).public_key()), critical=False
        )
        .sign(_key(1), hashes.SHA256())
    )


def _server_s() -> x509.Certificate:
    return (
        _builder("server", _key(2))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("a.example")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=False)
        .sign(_key(1), hashes.SHA256())
    )


def _serving(leaf: x509.Certificate) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with TemporaryDirectory() as folder:
        held = Path(folder) / "held.pem"
        key = _key(2).private_bytes(
            _PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        held.write_bytes(leaf.public_bytes(_PEM) + key)
        context.load_cert_chain(held)
    return context


def _flight(hello: bytes) -> bytes:
    """Return what a server sends to a client's first bytes."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    side = _CONTEXT.wrap_bio(incoming, outgoing, server_side=True)
    incoming.write(hello)
    with contextlib.suppress(ssl.SSLWantReadError):
        side.do_handshake()
    return outgoing.read()


_TRUSTED, _SHOWN = _authority(), _server_s()
_ROOT, _LEAF = (one.public_bytes(serialization.Encoding.DER) for one in (_TRUSTED, _SHOWN))
_STORE = Store([_TRUSTED])
_CONTEXT, _CLIENT = _serving(_SHOWN), unenforced_context()
