"""One start of the broker, once per machine and Java, so that each later one takes a third.

Half of a start is loading 7,000 classes out of 45 jars. A virtual machine that ends leaves them as
it had them in memory (class data sharing, JEP 350), and the next one maps that file. The other
thing a new folder needs, formatting, is a start of its own: what it writes is kept too, and a new
folder gets the same with ids of its own.
"""

import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Final

from agents.edges.child_process.ports import answers, reserved
from agents.edges.child_process.tether import tethered
from agents.edges.local_broker.jars import Say, locked, silent
from agents.edges.local_broker.kafka_server import (
    CHECKPOINT,
    CLASSES,
    BrokerError,
    check_command,
    configure,
    rehearsed,
    server_command,
)

_READY_DEADLINE_S: Final = 90.0
"""As of a start without an archive: 3 s on a free machine, 20 s on a busy one."""

_END_DEADLINE_S: Final = 60.0
"""Writing the archive takes 3 s on a free machine."""

_POLL_S: Final = 0.05


def rehearse(say: Say = silent) -> None:
    """Start and end a broker in a folder that goes away, if this was not done before.

    A rehearsal that fails changes nothing: the start that follows says why it does not work.

    Args:
        say: is told before it begins.

    Raises:
        UserError: Java or the jars are missing.
    """
    folder = rehearsed()
    if folder.is_dir():
        return
    try:
        _rehearse_into(folder, say)
    except OSError:  # a cache that may only be read, or a full disk
        return


def _rehearse_into(folder: Path, say: Say) -> None:
    with locked(folder.with_name(f"{folder.name}.lock")):
        if folder.is_dir():  # another process may have done it meanwhile
            return
        say("Rehearsing a start of Apache Kafka (10 s, once per machine) ...")
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix="incoming-") as scratch:
            made = Path(scratch) / "made"
            made.mkdir()
            if _rehearse(Path(scratch), made):
                _forget(folder)
                made.rename(folder)


def _rehearse(scratch: Path, made: Path) -> bool:
    """Leave in `made` what later starts use; return whether a broker started."""
    with reserved(0) as port, reserved(0) as controller:
        pass
    try:
        configure(scratch, port, controller)
    except BrokerError:
        return False
    shutil.copyfile(scratch / "log" / CHECKPOINT, made / CHECKPOINT)
    classes = made / CLASSES
    if not _played(scratch, port, classes):
        return False
    if classes.exists() and not _sound(classes):
        classes.unlink()
    return True


def _played(scratch: Path, port: int, classes: Path) -> bool:
    """Run the broker until it answers and end it; return whether it did."""
    command = tethered(server_command(f"-XX:ArchiveClassesAtExit={classes}"))
    with subprocess.Popen(
        command,
        cwd=scratch,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # Ctrl-C reaches us first, we end it when we are done
    ) as child:
        try:
            deadline_s = time.monotonic() + _READY_DEADLINE_S
            while not (ready := answers(port)) and child.poll() is None:
                if time.monotonic() > deadline_s:
                    return False
                time.sleep(_POLL_S)
            child.terminate()
            child.wait(_END_DEADLINE_S)
        except subprocess.TimeoutExpired:
            return False
        finally:
            child.kill()
    return ready


def _sound(classes: Path) -> bool:
    """Tell whether the virtual machine takes an archive; one that was cut short would end it."""
    try:
        done = subprocess.run(
            check_command(classes),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_END_DEADLINE_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0


def _forget(folder: Path) -> None:
    """Remove what rehearsals with other Javas left: 50 MB each."""
    stem = folder.name.rpartition("-")[0]
    for old in folder.parent.glob(f"{stem}-*"):
        if old.is_dir():
            shutil.rmtree(old, ignore_errors=True)
