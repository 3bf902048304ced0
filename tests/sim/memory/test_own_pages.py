"""Which answers of a world are given on hosters' own pages."""

from schemas.closed_lists import AnswerKind
from schemas.codec import ANSWER, HOTLINE
from schemas.identity.ids import canonical
from schemas.moments import moment
from schemas.records.hotline import Answer, Report
from sim.memory.own_pages import send_of
from sim.memory.stages.secrets import RING
from sim.world.hotlines import event_of

AT = 1_790_000_000_000
URL = "http://a.example/x"


def _answer(number: int) -> Answer:
    return Answer(
        v=1,
        id=f"a-{number}",
        url=URL,
        answered_at=moment(AT),
        recipient="amber",
        answer=AnswerKind.REMOVED,
    )


def test_half_of_the_answers_are_given_on_the_own_page():
    """One that is sent again goes the same way; it says of its URL what the hotline would."""
    sends = [send_of(event_of(AT, "north", _answer(number))) for number in range(200)]
    again = [send_of(event_of(AT, "north", _answer(number))) for number in range(200)]
    assert sends == again
    own = [send for send in sends if send.topic == "answers.v1"]
    assert 70 < len(own) < 130
    said = ANSWER.decode(own[0].value)
    assert own[0].key == b"amber"
    assert (said.hoster, said.answered_at, said.answer) == ("amber", AT, AnswerKind.REMOVED)
    assert len({ANSWER.decode(send.value).id for send in own}) == len(own)
    assert said.url_key == RING.url_key(canonical(URL))


def test_answers_of_two_hotlines_with_one_id_are_two_answers():
    """Neither is taken for the other sent again."""
    sends = [
        send_of(event_of(AT, hotline, _answer(number)))
        for number in range(20)
        for hotline in ("north", "south")
    ]
    ids = [ANSWER.decode(send.value).id for send in sends if send.topic == "answers.v1"]
    assert ids
    assert len(set(ids)) == len(ids)


def test_all_else_goes_to_the_hotlines_inbox():
    """Whatever its id is."""
    for number in range(20):
        report = Report(v=1, id=f"r-{number}", url=URL, reported_at=moment(AT))
        send = send_of(event_of(AT, "north", report))
        assert (send.topic, HOTLINE.decode(send.value)) == ("hotline.north.v1", report)
