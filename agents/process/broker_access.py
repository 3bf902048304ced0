"""How a client reaches the broker: its address, TLS, and the user it names itself as."""

import ssl
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from agents.config import KafkaSecurity, KafkaSettings
from agents.errors import UserError

SECRET_BYTES_MAX: Final = 4_096
"""A password file is a line; what is larger is another file named by mistake."""

_PROTOCOLS: Final[Mapping[tuple[bool, bool], str]] = {
    (False, False): "PLAINTEXT",
    (True, False): "SSL",
    (False, True): "SASL_PLAINTEXT",
    (True, True): "SASL_SSL",
}


def arguments(kafka: KafkaSettings) -> dict[str, Any]:
    """Return the arguments by which every client of aiokafka connects.

    Raises:
        UserError: a file of the settings cannot be read.
    """
    security = kafka.security
    found: dict[str, Any] = {
        "bootstrap_servers": kafka.bootstrap,
        "security_protocol": _PROTOCOLS[security.tls, security.username is not None],
    }
    if security.tls:
        found["ssl_context"] = _context(security)
    if security.username is not None:
        found |= {
            "sasl_mechanism": security.mechanism,
            "sasl_plain_username": security.username,
            "sasl_plain_password": _password(security),
        }
    return found


def _context(security: KafkaSecurity) -> ssl.SSLContext:
    """Return a context that checks the broker's certificate and name."""
    try:
        context = ssl.create_default_context(cafile=security.ca_file)
        if security.cert_file is not None:
            context.load_cert_chain(security.cert_file, security.key_file)
    except OSError:  # ssl.SSLError is one
        raise UserError(
            "a file of kafka.security cannot be read as PEM: check ca_file, cert_file and key_file"
        ) from None
    return context


def _password(security: KafkaSecurity) -> str:
    file = security.password_file or Path()
    try:
        with file.open("rb") as opened:
            text = opened.read(SECRET_BYTES_MAX + 1).decode()
    except (OSError, UnicodeDecodeError):
        raise UserError("kafka.security.password_file cannot be read") from None
    password = text.rstrip("\r\n")
    if not password or "\n" in password or len(text) > SECRET_BYTES_MAX:
        raise UserError("kafka.security.password_file must hold one line, the password")
    return password
