"""TLS as bytes in and bytes out, with the certificate recorded and never enforced.

Content behind a wrong certificate is still online, so no certificate stops a probe; whether it
holds is judged beside, on the chain that the handshake brought. Old versions and ciphers are
spoken for the same reason.
"""

import contextlib
import hashlib
import ssl
import warnings
from collections import OrderedDict
from datetime import datetime
from typing import Any, Final

from cryptography import x509
from cryptography.x509.verification import (
    Criticality,
    ExtensionPolicy,
    PolicyBuilder,
    Store,
    VerificationError,
)

PLAIN_BYTES_MAX: Final = 2_048
"""Plain text taken out at a time, as much as is read from a socket at a time."""

REMEMBERED_MAX: Final = 4_096
"""Judged certificates remembered, 100 bytes each: most probes of a host see the same one."""

_SERVER: Final = ExtensionPolicy.permit_all().require_present(
    x509.SubjectAlternativeName, Criticality.AGNOSTIC, None
)
"""Of a server's own certificate browsers ask that it name the host; the rest is the CA's duty."""


class TlsFailed(Exception):
    """The handshake or a record failed; the message holds nothing of it."""


def unenforced_context() -> ssl.SSLContext:
    """Return a context that speaks TLS 1.0 to 1.3 with anybody."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # old versions are spoken on purpose
        context.minimum_version = ssl.TLSVersion.TLSv1
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.options |= 0x4  # SSL_OP_LEGACY_SERVER_CONNECT: servers without RFC 5746
    context.set_alpn_protocols(["http/1.1"])
    return context


class Session:
    """One TLS connection as a client.

    Args:
        context: see `unenforced_context`.
        host: the name for SNI; an address sends none.
    """

    def __init__(self, context: ssl.SSLContext, host: str) -> None:
        self._incoming = ssl.MemoryBIO()
        self._outgoing = ssl.MemoryBIO()
        try:
            self._object = context.wrap_bio(
                self._incoming, self._outgoing, server_hostname=host.strip("[]")
            )
        except (ValueError, ssl.SSLError):  # no name for SNI: too long, an empty label, no IDN
            raise TlsFailed from None
        self.established = False

    def receive(self, data: bytes) -> bytes:
        """Take bytes of the server and return the plain text in them.

        Raises:
            TlsFailed: they are no TLS, or the server broke it off.
        """
        self._incoming.write(data)
        try:
            if not self.established:
                self._object.do_handshake()
                self.established = True
            return self._plain()
        except ssl.SSLWantReadError:
            return b""
        except ssl.SSLError:
            raise TlsFailed from None

    def _plain(self) -> bytes:
        plain = bytearray()
        try:
            while chunk := self._object.read(PLAIN_BYTES_MAX):
                plain += chunk
        except ssl.SSLWantReadError:
            pass  # the rest of a record is not there yet
        except ssl.SSLZeroReturnError:
            pass  # closed properly; the socket's end follows
        return bytes(plain)

    def send(self, plain: bytes) -> None:
        """Encrypt; `pending` then holds what to send.

        Raises:
            TlsFailed: the connection cannot take it.
        """
        try:
            self._object.write(plain)
        except ssl.SSLError:
            raise TlsFailed from None

    def pending(self) -> bytes:
        """Return what has to go to the server."""
        return self._outgoing.read()

    def version(self) -> str:
        """Return the negotiated version, such as `TLSv1.3`."""
        return self._object.version() or "none"

    def chain(self) -> list[bytes]:
        """Return the certificates the server sent, its own first, DER."""
        inner: Any = self._object if hasattr(self._object, "get_unverified_chain") else None
        if inner is None:  # public from Python 3.13 on
            inner = self._object._sslobj  # type: ignore[attr-defined] # noqa: SLF001 - no public way before
        return [
            one if isinstance(one, bytes) else ssl.PEM_cert_to_DER_cert(one.public_bytes())
            for one in inner.get_unverified_chain() or ()
        ]


class Certificates:
    """Judges chains against the system's roots; remembers what it judged for a day."""

    def __init__(self) -> None:
        """Read the roots when the first chain is judged."""
        self._store: Store | None = None
        self._verified: OrderedDict[bytes, bool] = OrderedDict()

    def valid(self, chain: list[bytes], host: str, at: datetime) -> bool:
        """Return whether a chain holds for a host.

        Args:
            chain: DER, the server's own certificate first.
            host: the name it has to name; for an address the answer is no.
            at: the time it has to hold at.
        """
        if not chain:
            return False
        digest = hashlib.blake2b(
            b"\0".join((*chain, host.encode(), at.date().isoformat().encode())), digest_size=16
        ).digest()
        known = self._verified.get(digest)
        if known is None:
            known = self._verified[digest] = self._verify(chain, host, at)
            if len(self._verified) > REMEMBERED_MAX:
                self._verified.popitem(last=False)
        return known

    def _verify(self, chain: list[bytes], host: str, at: datetime) -> bool:
        if self._store is None:
            self._store = _system_roots()
        try:
            leaf, *others = (x509.load_der_x509_certificate(one) for one in chain)
            verifier = (
                PolicyBuilder()
                .store(self._store)
                .time(at)
                .extension_policies(
                    ca_policy=ExtensionPolicy.webpki_defaults_ca(), ee_policy=_SERVER
                )
                .build_server_verifier(x509.DNSName(host))
            )
            verifier.verify(leaf, others)
        except (ValueError, VerificationError, x509.InvalidVersion):
            return False  # the last is no ValueError; OpenSSL lets versions beyond 3 pass
        return True


def _system_roots() -> Store:
    roots = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # on roots whose serial number RFC 5280 does not allow
        for one in ssl.create_default_context().get_ca_certs(binary_form=True):
            with contextlib.suppress(ValueError):  # a root that cannot be read trusts nobody
                roots.append(x509.load_der_x509_certificate(one))
    return Store(roots)
