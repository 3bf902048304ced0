"""What an own mail server shows of a receipt's origin, and nobody else can."""

import email
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage

import pytest

from streams.intake.formats.mail.receipt_origin import is_own_work, vouched_at

OWN = {"mail.hotline.example"}
LOCAL = "Received: by mail.hotline.example (Postfix) id 4F; Sun, 1 Mar 2026 12:00:05 +0000\n"
FROM_SELF = "Received: from localhost (localhost [127.0.0.1]) by mail.hotline.example; x\n"
ENTRY = (
    "Received: from mx.north.example (mx.north.example [192.0.2.9])\n"
    " by mail.hotline.example (Postfix); Sun, 1 Mar 2026 12:00:05 +0000\n"
)
FOREIGN = "Received: from a.north.example by mx.north.example; Sun, 1 Mar 2026 12:00:00 +0000\n"
PASS = "Authentication-Results: mail.hotline.example; dmarc=pass header.from=north.example\n"
WHO = "rfc822; abuse@north.example"


def mail(*headers: str) -> EmailMessage:
    """Return a mail with headers."""
    return email.message_from_string("".join(headers) + "\nx", policy=policy.default)


@pytest.mark.parametrize(
    ("headers", "reporting", "own"),
    [
        ((LOCAL,), "dns; mail.hotline.example", True),
        ((LOCAL, FROM_SELF), "dns; MAIL.Hotline.Example.", True),
        ((LOCAL,), "dns; mx.north.example", False),
        ((LOCAL,), "", False),
        ((), "dns; mail.hotline.example", False),
        ((ENTRY,), "dns; mail.hotline.example", False),
        ((LOCAL, ENTRY), "dns; mail.hotline.example", False),
        ((LOCAL, FOREIGN), "dns; mail.hotline.example", False),
        (
            ("Received: from x (by mail.hotline.example) by mx.north.example; x\n",),
            "dns; mail.hotline.example",
            False,
        ),
        (("Received: nothing\n",), "dns; mail.hotline.example", False),
    ],
)
def test_a_delivery_status_is_the_own_server_s_work(headers, reporting, own) -> None:
    """It reports itself, and it alone handled the mail; comments count for nothing."""
    assert is_own_work(mail(*headers), reporting, OWN) is own
    assert not is_own_work(mail(*headers), reporting, set())


@pytest.mark.parametrize(
    ("headers", "vouched"),
    [
        ((PASS, ENTRY), True),
        ((PASS, LOCAL, ENTRY), True),
        ((LOCAL, PASS, ENTRY, FOREIGN), True),
        ((ENTRY, PASS), False),
        ((ENTRY, PASS, LOCAL), False),
        ((ENTRY,), False),
        ((PASS, FOREIGN, ENTRY), False),
        ((PASS, LOCAL), False),
        ((PASS.replace("=pass", "=fail"), ENTRY), False),
        ((PASS.replace("north", "south"), ENTRY), False),
        ((PASS.replace("mail.hotline", "mx.north"), ENTRY), False),
        ((PASS.replace("dmarc=pass", "x=y (dmarc=pass header.from=north.example)"), ENTRY), False),
    ],
)
def test_a_disposition_is_vouched_for_above_where_it_came_in(headers, vouched) -> None:
    """What stands below the own server's field anybody can have written."""
    at = datetime(2026, 3, 1, 12, 0, 5, tzinfo=UTC) if vouched else None
    assert vouched_at(mail(*headers), WHO, OWN) == at
    assert vouched_at(mail(*headers), "rfc822; abuse", OWN) is None
