"""Settings with a broker in them, and the broker's failures as one line."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

import typer

from agents.cli.shared.context import settings_of
from agents.config import Settings
from agents.errors import UserError


def connected(ctx: typer.Context) -> Settings:
    """Return the command's settings with the address of the broker to use.

    Raises:
        UserError: the settings are wrong, or no broker is named and none runs.
    """
    from agents.edges.local_broker.broker import bootstrap_of

    settings = settings_of(ctx)
    kafka = settings.kafka.model_copy(update={"bootstrap": bootstrap_of(settings)})
    return settings.model_copy(update={"kafka": kafka})


def writing(ctx: typer.Context) -> Settings:
    """Return what `connected` does for a command that writes to the ledger.

    Where a key file lies it has to be the ledger's: who has another one is about to write to a
    ledger that he does not mean.

    Raises:
        UserError: what `connected` raises, the broker does not answer, or it is another ledger's.
    """
    from agents.edges.crypto.ledger_keys import verify_key_file

    settings = connected(ctx)
    with reached():
        asyncio.run(verify_key_file(settings))
    return settings


@contextmanager
def reached() -> Iterator[None]:
    """Turn a broker that does not answer, or whose disk is damaged, into a line that says so.

    Raises:
        UserError: it is so.
    """
    from aiokafka.errors import KafkaError

    from agents.edges.kafka.admin_client import APPLY, damage
    from agents.engine.failures import NoSuchTopic, SendFailed, UnreadableBatch
    from agents.engine.read.log_reader import LogShrunk

    try:
        yield
    except (UnreadableBatch, LogShrunk) as error:
        raise UserError(damage(error)) from None
    except NoSuchTopic as error:
        raise UserError(f"{error}: {APPLY}") from None
    except (KafkaError, SendFailed, TimeoutError) as error:
        raise UserError(
            f"the broker or a topic does not answer ({type(error).__name__}):"
            " check `hostwatch kafka status` and `hostwatch topics plan`"
        ) from None
