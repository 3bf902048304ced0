"""One broker for all processes of a run of tests; the process that divides the tests has it.

Each further broker would compile the same code anew, and work a little while nobody asks it.
"""

import threading
from contextlib import ExitStack
from multiprocessing.connection import Client, Listener
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from aiokafka.errors import KafkaError
from kafka_broker import cleaning_broker

from agents.errors import UserError

_END: Final = "end"
_BEGIN: Final = "begin"


class SharedBroker:
    """Starts a broker when a process first asks for one, and ends it with the run.

    Attributes:
        socket: where processes ask.
    """

    def __init__(self) -> None:
        """Listen; nothing is started yet."""
        self._folder = TemporaryDirectory(prefix="hostwatch-tests-")
        self.socket = str(Path(self._folder.name) / "socket")
        self._listener = Listener(self.socket, family="AF_UNIX")
        # A child dies with the thread that started it: this one lives as long as the broker should.
        self._serving = threading.Thread(target=self._serve, daemon=True)
        self._serving.start()

    def end(self) -> None:
        """End the broker, and remove what it wrote."""
        with Client(self.socket) as asking:
            asking.send(_END)
        self._serving.join()
        self._listener.close()
        self._folder.cleanup()

    def _serve(self) -> None:
        with ExitStack() as held:
            bootstrap = ""
            while True:
                with self._listener.accept() as asked:
                    if asked.recv() == _END:
                        return
                    try:
                        if not bootstrap:
                            broker = cleaning_broker(Path(self._folder.name) / "kafka")
                            bootstrap = held.enter_context(broker).bootstrap
                        asked.send(bootstrap)
                    except (UserError, KafkaError, OSError) as fault:  # whoever asked raises it
                        asked.send(fault)


def shared_bootstrap(socket: str) -> str:
    """Return the address of the run's broker, which is started if it is not there.

    Args:
        socket: of the run's `SharedBroker`.

    Raises:
        UserError, KafkaError, OSError: what kept it from starting.
    """
    with Client(socket) as asking:
        asking.send(_BEGIN)
        answer = asking.recv()
    if isinstance(answer, Exception):
        raise answer
    return str(answer)
