"""Half of what hosters answer, they answer on their own pages: what becomes of a world's events."""

import hashlib
from typing import Final

from agents.engine.stage import Send
from schemas.closed_lists import Role
from schemas.codec import ANSWER, HOTLINE
from schemas.identity.ids import canonical, case_id
from schemas.moments import instant
from schemas.records.feedback import HosterAnswer
from schemas.records.hotline import Answer
from schemas.topics import ANSWERS
from schemas.topics import HOTLINE as INBOX
from sim.memory.stages.secrets import RING
from sim.world.hotlines import HotlineEvent

_HALF: Final = 128


def send_of(event: HotlineEvent) -> Send:
    """Return what is written for an event: a record of its hotline's inbox, or of `answers.v1`.

    The answer's id decides, so that an answer that is sent again goes the same way. Two hotlines
    may give two answers one id: on a hoster's page each is an answer of its own.
    """
    if event.type == "answer":
        way = hashlib.blake2b(event.key, digest_size=16)
        if way.digest()[0] < _HALF:
            said = HOTLINE.decode(event.value)
            if isinstance(said, Answer):
                of_hotline = hashlib.blake2b(event.key, digest_size=16, key=event.hotline.encode())
                return _on_own_page(said, of_hotline.hexdigest())
    return Send(INBOX.named(event.hotline), event.key, event.value)


def _on_own_page(said: Answer, id: str) -> Send:
    url_key = RING.url_key(canonical(said.url))
    answer = HosterAnswer(
        id=id,
        hoster=said.recipient,
        case_id=case_id(url_key, said.recipient, Role.HOSTING, 0),
        url_key=url_key,
        answered_at=instant(said.answered_at),
        answer=said.answer,
    )
    return Send(ANSWERS.name, said.recipient.encode(), ANSWER.encode(answer))
