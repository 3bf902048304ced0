"""Laws of what a hotline is told of its records."""

from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import blake2b

import pytest
from growth import check_growth
from ledger_events import (
    GONE,
    MIN,
    ONLINE,
    REFUSED,
    at,
    fold,
    notice,
    placed,
    report,
    slots,
    withdrawal,
)
from msgspec.structs import replace

from schemas.closed_lists import CaseClass, NormVerdict
from schemas.codec import FEEDBACK_TABLE
from schemas.iccam import IccamAction, IccamReason
from schemas.moments import DAY_MS, moment
from schemas.records.feedback import FollowedCase, FollowedUrl, ToldCase
from schemas.records.reports import ReportAccepted
from streams.feedback.followed_cases import followed_cases
from streams.feedback.followed_url import (
    FOLLOWED_MS,
    RECORDS_MAX,
    FeedbackChange,
    empty,
    told,
    with_entries,
)

KEY = "0123456789abcdef0123456789abcdef"
RUN = [5, 5 + 10 * MIN, 5 + 20 * MIN, 5 + 31 * MIN]
STORY = (report(seen=0), placed(), notice(1), slots([1.5, 4], ONLINE), slots(RUN, GONE))


def named(entry: ReportAccepted) -> ReportAccepted:
    """Return an accepted record with ids as intake makes them."""
    name = blake2b(entry.record_id.encode(), digest_size=16).hexdigest()
    return replace(entry, record_id=name, sealed_ids=name)


@dataclass
class Followed:
    """What is followed of a URL, and all that was told of it."""

    url: FollowedUrl = field(default_factory=lambda: empty(KEY))
    news: list[FeedbackChange] = field(default_factory=list)

    def accept(self, *happened) -> "Followed":
        """Take accepted records up."""
        self.url = with_entries(self.url, [named(entry) for entry, _ in happened])
        return self

    def see(self, *story) -> "Followed":
        """Take the state up that lifecycle makes of a story."""
        self.url = replace(self.url, cases=followed_cases(fold(*story)))
        return self

    def tell(self, hours: float) -> list[tuple[ToldCase, ...]]:
        """Return what is new at an instant; what was told is kept as the topic keeps it."""
        after, news = told(self.url, at(hours))
        self.url = FEEDBACK_TABLE.decode(FEEDBACK_TABLE.encode(after))
        self.news += news
        return [one.cases for one in news]


def test_a_removal_is_told() -> None:
    """Case, owner, class, L, R, verdicts of the norms, and ICCAM's action and reason."""
    followed = Followed().accept(STORY[0]).see(*STORY)
    (((case,),),) = [followed.tell(6)]
    assert case.case_class is CaseClass.REMOVED
    assert (case.hoster, case.owner) == ("acme", "acme")
    assert moment(at(4)) <= case.last_seen_at < case.gone_at
    assert case.gone_at <= moment(at(5.1))
    assert [norm.verdict for norm in case.norms] == [NormVerdict.IN_TIME] * 2
    assert (case.action, case.action_reason) == (
        IccamAction.REMOVED,
        IccamReason.NOT_FOUND_OR_SITE_DOWN,
    )


def test_an_accepted_record_is_told_at_once_and_each_change_once() -> None:
    """First that it was accepted, then each step; the same again is told nobody."""
    followed = Followed().accept(STORY[0])
    assert followed.tell(0) == [()]
    assert followed.tell(0.1) == []
    classes = []
    for number in range(2, len(STORY) + 1):
        for (case,) in followed.see(*STORY[:number]).tell(1 + number):
            classes.append(case.case_class)
        assert followed.tell(1 + number) == []
    assert classes == ["awaiting", "online", "online", "removed"]


def test_blocking_is_told_as_unavailable() -> None:
    """With the reason that the newest probe met."""
    followed = Followed().accept(STORY[0]).see(*STORY[:4], slots(RUN, REFUSED, control=REFUSED))
    ((case,),) = followed.tell(6)
    assert (case.case_class, case.action) == (CaseClass.UNAVAILABLE, IccamAction.UNAVAILABLE)
    assert case.action_reason is IccamReason.UNABLE_TO_ACCESS


def test_what_time_alone_changes_is_told_when_it_comes() -> None:
    """`next_at` says when: a case of which nothing new is heard expires after 400 days."""
    followed = Followed().accept(STORY[0]).see(*STORY[:4])
    followed.tell(5)
    assert followed.url.next_at is not None
    hours = (followed.url.next_at - at(0)) / 3_600_000
    assert followed.tell(hours - 1) == []
    ((case,),) = followed.tell(hours)
    assert case.case_class is CaseClass.EXPIRED


def test_each_record_of_each_hotline_is_told() -> None:
    """Reports and notices alike; a withdrawal ends the case for both."""
    mine, other, told_of = report(seen=0), report(0.5, hotline="beta", id="r9"), notice(1)
    followed = Followed().accept(mine, other, told_of).see(mine, other, placed(), told_of)
    followed.tell(2)
    assert sorted(one.hotline for one in followed.news) == ["alpha", "alpha", "beta"]
    assert len({one.record.record_id for one in followed.news}) == 3
    back = [withdrawal(3), withdrawal(3, hotline="beta")]
    followed.see(mine, other, placed(), told_of, *back)
    assert {case.case_class for (case,) in followed.tell(4)} == {CaseClass.WITHDRAWN}


def test_a_record_that_is_delivered_again_is_one() -> None:
    """The ledger may hold an entry twice."""
    assert len(Followed().accept(STORY[0], STORY[0]).url.records) == 1


def _case(opened: float, gone: float | None = None, owner: str = "north") -> FollowedCase:
    (case,) = followed_cases(fold(*STORY[:3]))
    gone_at = None if gone is None else at(gone)
    return replace(
        case, case_id=f"{owner}{opened}", owner=owner, opened_at=at(opened), gone_at=gone_at
    )


@pytest.mark.parametrize(
    ("cases", "named"),
    [
        ([_case(0)], ["north0"]),
        ([_case(0, 90)], ["north0"]),  # gone when it came, and within the 7 days
        ([_case(0, 100 - 169)], []),  # long over
        ([_case(0, 90), _case(99)], ["north99"]),  # another case had begun
        ([_case(0, 90), _case(200)], ["north0", "north200"]),  # it came back later
        ([_case(0, 90, "south"), _case(99)], ["south0", "north99"]),
    ],
)
def test_a_record_is_told_of_the_cases_that_it_is_about(cases, named) -> None:
    """Those open when it came, or ended within 7 days before, and those opened later."""
    followed = Followed(replace(empty(KEY), cases=tuple(cases))).accept(report(100))
    (found,) = followed.tell(1_000)
    assert [case.case_id for case in found] == named


def test_a_record_is_followed_for_460_days() -> None:
    """Then its URL leaves the table, so that this does not grow for ever."""
    followed = Followed().accept(STORY[0]).see(*STORY[:4])
    followed.tell(FOLLOWED_MS / 3_600_000 - 1)
    assert len(followed.url.records) == 1
    followed.tell(FOLLOWED_MS / 3_600_000)
    assert followed.url.records == ()
    assert followed.url.next_at is None


def test_one_url_costs_no_more_than_its_bound() -> None:
    """Of more records the newest are followed; each was told that it was accepted."""
    many = [report(n / 60, id=f"r{n}") for n in range(RECORDS_MAX + 5)]
    followed = Followed().accept(*many)
    assert len(followed.tell(DAY_MS / 3_600_000)) == RECORDS_MAX + 5
    assert len(followed.url.records) == RECORDS_MAX


def test_a_record_of_the_first_release_is_not_followed() -> None:
    """Its ledger entry holds no sealed id, so nobody could be told of it."""
    entry, _ = report()
    assert isinstance(entry, ReportAccepted)
    assert with_entries(empty(KEY), [replace(entry, sealed_ids="")]).records == ()


def test_records_are_followed_alike_in_any_parts() -> None:
    """One by one, in parts and with repetitions, they make the same."""
    entries = [named(report(n / 60, id=f"r{n}")[0]) for n in range(9)]
    whole = with_entries(empty(KEY), entries)
    one_by_one = empty(KEY)
    for entry in (*reversed(entries), *entries):
        one_by_one = with_entries(one_by_one, [entry])
    assert len(whole.records) == 9
    assert one_by_one == with_entries(whole, entries[3:]) == whole


def test_the_cost_of_a_list_is_linear_in_its_records() -> None:
    """Thousands of one URL may come at once, and the process does nothing else meanwhile."""
    check_growth(_following, few=4_000)


def _following(number: int) -> Callable[[], object]:
    one = named(report()[0])
    entries = [replace(one, record_id=f"{n:032x}") for n in range(number)]
    return lambda: with_entries(empty(KEY), entries)
