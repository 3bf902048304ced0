"""Whether a broker can be reached, and if not at which step: address, TLS, then user and password.

A client of aiokafka says of all of them that it could not bootstrap.
"""

import asyncio
import ssl
from collections.abc import Mapping
from typing import Any, Final

from aiokafka.conn import create_conn
from aiokafka.errors import (
    IllegalSaslStateError,
    KafkaError,
    SaslAuthenticationFailed,
    UnsupportedSaslMechanismError,
)
from aiokafka.protocol.metadata import MetadataRequest

from agents.config import Settings
from agents.errors import UserError
from agents.process import broker_access

STEP_DEADLINE_S: Final = 10.0
"""Each step is a round trip or two; a broker that takes longer is none to start on."""

_NOBODY: Final = "the connection is refused: is the broker up, and kafka.bootstrap its port?"

REFUSED: Final = (SaslAuthenticationFailed, UnsupportedSaslMechanismError, IllegalSaslStateError)
"""What a broker says of a user, a password or a mechanism that it does not take."""


class Unreachable(UserError):
    """A broker cannot be spoken to; the message says at which step and what to look at."""


async def reach(settings: Settings) -> str:
    """Connect as every part of the program would, and return how the connection is.

    Args:
        settings: with `kafka.bootstrap` set.

    Raises:
        Unreachable: with none of the addresses it went well; the first one's fault is told.
        UserError: a file of `kafka.security` cannot be read.
    """
    arguments = broker_access.arguments(settings.kafka)
    addresses = str(arguments.pop("bootstrap_servers")).split(",")
    faults = []
    for address in addresses:
        try:
            await _reach(address.strip(), arguments)
        except Unreachable as error:
            faults.append(error)
    if len(faults) == len(addresses):
        raise faults[0]
    how = "TLS" if settings.kafka.security.tls else "no TLS"
    user = settings.kafka.security.username
    who = f"as {user}" if user else "without a name"
    lacking = f", {len(faults)} of {len(addresses)} addresses do not answer" if faults else ""
    return f"it answers, {how}, {who}{lacking}"


async def _reach(address: str, arguments: Mapping[str, Any]) -> None:
    host, _, port = address.rpartition(":")
    if not host or not (port.isascii() and port.isdigit()):
        raise Unreachable("kafka.bootstrap must be host:port, several with commas between")
    host = host.strip("[]")
    await _connects(host, int(port))
    context = arguments.get("ssl_context")
    if context is not None:
        await _encrypts(host, int(port), context)
    try:
        async with asyncio.timeout(STEP_DEADLINE_S):
            connection = await create_conn(host, int(port), **arguments)
            try:
                await connection.send(MetadataRequest([]))
            finally:
                connection.close()
    except REFUSED:
        raise Unreachable(
            "it refuses user or password: check kafka.security.username, password_file and"
            " mechanism, and whether the user was made at the broker"
        ) from None
    except (KafkaError, TimeoutError, OSError):
        security = "kafka.security.tls and username"
        raise Unreachable(
            f"its port is open, but it does not speak as {security} say: does it ask for TLS, or"
            " for a user, or is it no broker?"
        ) from None


async def _connects(host: str, port: int) -> None:
    try:
        async with asyncio.timeout(STEP_DEADLINE_S):
            _, writer = await asyncio.open_connection(host, port)
    except ConnectionRefusedError:
        raise Unreachable(_NOBODY) from None
    except TimeoutError:
        said = f"no answer in {STEP_DEADLINE_S:.0f} s: is there a firewall between?"
        raise Unreachable(said) from None
    except OSError as error:
        if error.errno is None:  # asyncio puts it so where a name has several addresses
            raise Unreachable(_NOBODY) from None
        said = "its address cannot be reached: check the name in kafka.bootstrap, and the network"
        raise Unreachable(said) from None
    writer.close()


async def _encrypts(host: str, port: int, context: ssl.SSLContext) -> None:
    try:
        async with asyncio.timeout(STEP_DEADLINE_S):
            _, writer = await asyncio.open_connection(host, port, ssl=context)
    except ssl.SSLCertVerificationError:
        raise Unreachable(
            "its certificate does not hold: is kafka.security.ca_file its authority's, does the"
            " certificate name the host of kafka.bootstrap, and has it not ended?"
        ) from None
    except TimeoutError:
        said = f"TLS does not come about in {STEP_DEADLINE_S:.0f} s: is it a port for TLS?"
        raise Unreachable(said) from None
    except (ssl.SSLError, OSError):
        said = "TLS does not come about: is it a port for TLS (kafka.security.tls)?"
        raise Unreachable(said) from None
    writer.close()
