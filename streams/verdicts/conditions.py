"""Conditions of the rules: an observation, and what it is judged against."""

from dataclasses import dataclass

from msgspec import Struct

from schemas.closed_lists import ProbeError
from schemas.records.case_observations import (
    MARK_LEFT_HOST,
    MARK_TO_ROOT,
    TRAIT_OLD_ADDRESS,
    TRAIT_PRESENT,
    Fingerprint,
)
from streams.verdicts.fingerprints import healthy, may_be_same_answer, same_answer


class JudgingContext(Struct, frozen=True, kw_only=True, gc=False):
    """What an observation is judged against; None = there is no such observation near in time.

    Attributes:
        made_up_path: answer of the made-up path, same vantage.
        root: answer of the host's root, same vantage.
        before: what the sightings before the change answered.
        made_up_before: answer of the made-up path beside those sightings.
        is_root: the reported URL is itself the host's root.
        control_unhealthy: a control was refused or dead when it was last probed, in the
            observation's slot or before it.
        unexplained: the observation's shape is not one that this vantage has seen, and no controls
            were probed with it or soon after it.
        head_lies: it is an answer to HEAD alone, and GET has told this vantage "not found" where
            HEAD was answered otherwise.
    """

    made_up_path: Fingerprint | None = None
    root: Fingerprint | None = None
    before: Fingerprint | None = None
    made_up_before: Fingerprint | None = None
    is_root: bool = False
    control_unhealthy: bool = False
    unexplained: bool = False
    head_lies: bool = False


@dataclass(frozen=True, slots=True)
class ControlledObservation:
    """One observation with what it is judged against."""

    seen: Fingerprint
    traits: int
    context: JudgingContext

    def error(self, *errors: ProbeError) -> bool:
        """Return whether the observation ended in one of these errors."""
        return self.seen.error in errors

    def status(self, *statuses: int) -> bool:
        """Return whether the answer has one of these statuses."""
        return self.seen.status in statuses

    def marked(self, mark: int) -> bool:
        """Return whether the fingerprint bears the mark."""
        return bool(self.seen.marks & mark)

    def trait(self, trait: int) -> bool:
        """Return whether the observation has the trait."""
        return bool(self.traits & trait)


def like_made_up_path(observation: ControlledObservation) -> bool:
    """Return whether it got the answer of the made-up path."""
    return may_be_same_answer(observation.seen, observation.context.made_up_path)


def differed(observation: ControlledObservation, control: Fingerprint | None) -> bool:
    """Return whether the sightings before got another answer than a control."""
    before = observation.context.before
    return before is not None and not same_answer(before, control)


def like_control(observation: ControlledObservation) -> bool:
    """Return whether it got the answer of the made-up path, and the sightings before did not."""
    return like_made_up_path(observation) and differed(
        observation, observation.context.made_up_path
    )


def like_home_page(observation: ControlledObservation) -> bool:
    """Return whether it is the root's page; every home page is HTML of some 10 KB, so ETags say."""
    context = observation.context
    return (
        context.root is not None
        and observation.seen.etag_key not in ("", getattr(context.before, "etag_key", ""))
        and observation.seen.etag_key == context.root.etag_key
        and same_answer(observation.seen, context.root)
        and differed(observation, context.root)
    )


def whole_host_changed(observation: ControlledObservation) -> bool:
    """Return whether URL and made-up path answer alike now, and both answered otherwise before.

    It is a log-in, a fault or an end of the whole host.
    """
    context = observation.context
    return (
        like_made_up_path(observation)
        and context.made_up_before is not None
        and not same_answer(context.made_up_path, context.made_up_before)
        and differed(observation, context.made_up_path)
    )


def contradicts(observation: ControlledObservation) -> bool:
    """Return whether "not found" comes with the headers of the content that was seen."""
    return observation.status(404, 410) and as_content(observation)


def as_content(observation: ControlledObservation) -> bool:
    """Return whether the headers are those of the content that was seen, whatever the status."""
    seen, before, made_up = (
        observation.seen,
        observation.context.before,
        observation.context.made_up_path,
    )
    if before is None:
        return False
    if seen.size_class <= 0 or (seen.type, seen.size_class) != (before.type, before.size_class):
        return False
    if seen.etag_key and seen.etag_key == before.etag_key:
        return True
    usual = made_up is not None and (made_up.type, made_up.size_class) == (
        seen.type,
        seen.size_class,
    )
    return not seen.type.startswith("text/") and not usual


def to_root(observation: ControlledObservation) -> bool:
    """Return whether it was led to its host's root."""
    return observation.marked(MARK_TO_ROOT) and not observation.marked(MARK_LEFT_HOST)


def to_home_page(observation: ControlledObservation) -> bool:
    """Return whether the URL alone leads to its host's root, or did not do so before."""
    made_up = observation.context.made_up_path
    apart = made_up is not None and not like_made_up_path(observation)
    return to_root(observation) and (observation.context.before is not None or apart)


def elsewhere_root(observation: ControlledObservation) -> bool:
    """Return whether it was led to another host's root."""
    return observation.marked(MARK_TO_ROOT) and observation.marked(MARK_LEFT_HOST)


def url_refused(observation: ControlledObservation) -> bool:
    """Return whether the URL alone was refused, without its content's headers."""
    context = observation.context
    around = (
        healthy(context.made_up_path) and healthy(context.root) and not context.control_unhealthy
    )
    return observation.status(401, 403, 451) and around and not as_content(observation)


def elsewhere(observation: ControlledObservation) -> bool:
    """Return whether the name leads to other hosters."""
    return not observation.trait(TRAIT_PRESENT) and not observation.trait(TRAIT_OLD_ADDRESS)
