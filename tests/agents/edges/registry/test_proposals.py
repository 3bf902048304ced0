"""Which proposals wait, as `proposals.v1` says it."""

from msgspec.structs import replace
from signers import LEDGER, Signers

from agents.edges.registry.proposals import ProposalBook
from agents.engine.stage import Received
from schemas.codec import PROPOSAL
from schemas.moments import DAY_MS
from schemas.records.facts import Decision
from schemas.records.proposals import EndedProposal, Ending, ProposedDecision
from schemas.signing import Signature, SignedKind, signed_bytes

DECISION = Decision(
    id="d-1", url_key="0" * 32, decided_at=1, action="exclude", reason="a test", signatures=()
)


def signed(signers, record, kind, by):
    """Return a record with one signature."""
    text = signers.keys[by].sign(signed_bytes(kind, LEDGER, record)).hex()
    return replace(record, signatures=(Signature(person=by, signature=text),))


def end(signers, by, id="d-1", person=None):
    """Return a rejection."""
    record = EndedProposal(
        id=id, ending=Ending.REJECTED, person=person or by, at=2, reason="no", signatures=()
    )
    return signed(signers, record, SignedKind.ENDING, by)


def book_of(signers, *records):
    """Return the fold of records."""
    book = ProposalBook()
    book.add(
        [
            Received("proposals.v1", 0, n, DAY_MS + n, b"x", PROPOSAL.encode(one))
            for n, one in enumerate(records)
        ],
        signers.persons,
    )
    return book


def people():
    """Return two who may sign, and a third who may not."""
    signers = Signers("anna", "bram", "cleo")
    signers.found("anna", "bram")
    return signers


def test_a_proposal_waits_until_somebody_who_may_sign_ends_it():
    """Once: the first end counts, and the first proposal of an id."""
    signers = people()
    opened = ProposedDecision(decision=signed(signers, DECISION, SignedKind.DECISION, "anna"))
    book = book_of(signers, opened, opened)
    assert (len(book.waiting()), book.oldest_at(), book.refused) == (1, DAY_MS, 1)
    book = book_of(signers, opened, end(signers, "bram"), end(signers, "anna"))
    assert (book.waiting(), book.oldest_at(), book.refused) == ([], None, 1)
    ended = book.of("d-1")
    assert ended is not None
    assert ended.ended is not None
    assert (ended.proposer, ended.ended.person) == ("anna", "bram")


def test_what_nobody_signed_who_may_counts_for_nothing():
    """Changed, copied, by a stranger, in another's name, of no proposal."""
    signers = people()
    ours = signed(signers, DECISION, SignedKind.DECISION, "anna")
    opened = ProposedDecision(decision=ours)
    forged = [
        ProposedDecision(decision=replace(ours, id="d-2")),
        ProposedDecision(decision=replace(ours, id="d-3", signatures=())),
        ProposedDecision(decision=signed(signers, DECISION, SignedKind.DECISION, "cleo")),
        end(signers, "bram"),
        end(signers, "cleo"),
        end(signers, "cleo", person="anna"),
        end(signers, "bram", id="d-9"),
    ]
    stray, *rest = forged[3:]
    book = book_of(signers, stray, *forged[:3], opened, *rest)
    assert [one.decision.id for one in book.waiting()] == ["d-1"]
    assert book.refused == len(forged)
