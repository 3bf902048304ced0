"""A hotline's program that sends records over HTTP and survives its own kill: sending_client.py
PORT KEY FILE COUNT.

It sends reports 0 to COUNT, 200 in a body, each body until it is answered with 202, and then
writes into FILE how many were taken. Started again, it goes on from there.
"""

import sys
import time
from pathlib import Path

import requests

IN_BODY = 200
PAUSE_S = 0.05


def body(first: int, end: int) -> bytes:
    """Return reports as lines; each has an id and a URL of its own."""
    line = (
        '{{"type":"report","v":1,"id":"r{0}","url":"http://a.example/{0}",'
        '"reported_at":"2026-03-07T12:00:00Z"}}\n'
    )
    return "".join(line.format(number) for number in range(first, end)).encode()


def main(port: str, key: str, file: Path, count: int) -> None:
    """Send until all are taken."""
    session = requests.Session()
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/x-ndjson"}
    taken = int(file.read_text()) if file.exists() else 0
    while taken < count:
        end = min(taken + IN_BODY, count)
        try:
            answer = session.post(
                f"http://127.0.0.1:{port}/v1/records",
                data=body(taken, end),
                headers=headers,
                timeout=60,
            )
            stored = answer.status_code == 202
        except requests.RequestException:
            stored = False
        if not stored:
            time.sleep(PAUSE_S)
            continue
        taken = end
        fresh = file.with_suffix(".new")
        fresh.write_text(str(taken))
        fresh.replace(file)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], Path(sys.argv[3]), int(sys.argv[4]))
