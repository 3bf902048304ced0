"""What becomes of an answer that a hoster gave on its own page: accepted, duplicate or quarantined.

The page writes it (`answers.v1`), and it names its URL by the URL's key alone. Accepted, it is an
entry of the ledger like one that a hotline passed on. In the hotline's place stands `OWN_PAGE`.
The page is open to the outside, so nothing it writes is believed unseen. The rules are those of a
hotline's record (`streams.intake.judgement`), as far as they apply; the first that fails names the
reason:

1. decodable, at most RECORD_BYTES_MAX
2. the Kafka key is the hoster's id and lies in the partition that the id hashes to
3. no text of it ends in a line feed, which a pattern lets through in Python (malformed)
4. no time before 1970 (malformed) or more than 5 min after it was appended
5. the id was not accepted before with other content
6. at most `OF_URL_AND_DAY_MAX` answers of one URL are accepted on a day of append. All answers of a
   hoster lie in one partition, so there is no share to be made
"""

import hashlib
from typing import Final

from schemas.closed_lists import HotlineMode, Quarantine, Result
from schemas.codec import ANSWER, Rejected
from schemas.identity.ids import keyed_digest, keyed_record_id
from schemas.records.feedback import HosterAnswer
from schemas.records.hotline import RECORD_BYTES_MAX
from schemas.records.reports import OWN_PAGE, AnswerAccepted
from streams.intake.admission import FUTURE_MS
from streams.intake.content import DIGEST_HEX_LENGTH
from streams.intake.judgement import (
    OF_URL_AND_DAY_MAX,
    AcceptedIds,
    Inbound,
    Judgement,
    RecordAdmission,
    RecordIdentity,
)

TYPE_NAME: Final = "answer"


def judge_answer(judge: RecordAdmission, inbound: Inbound, accepted: AcceptedIds) -> Judgement:
    """Return what becomes of a record of `answers.v1`.

    Args:
        judge: hashes and seals.
        inbound: the record; its `hotline` is `OWN_PAGE`.
        accepted: what was accepted before in this partition.
    """
    try:
        said = _admitted(judge, inbound)
    except Rejected as rejected:
        return judge.quarantined(inbound, rejected.reason, TYPE_NAME)
    hash = judge.keys.hash
    content = hashlib.sha256(ANSWER.encode(said)).hexdigest()[:DIGEST_HEX_LENGTH]
    name = keyed_record_id(hash, OWN_PAGE, said.id)
    told = RecordIdentity(name, said.url_key, keyed_digest(hash, content), TYPE_NAME)
    found = judge.compared(inbound, told, accepted, OF_URL_AND_DAY_MAX)
    if found.outcome.result is not Result.ACCEPTED:
        return found
    entry = AnswerAccepted(
        url_key=said.url_key,
        hotline=OWN_PAGE,
        record_id=name,
        received_at=inbound.origin.appended_at,
        mode=HotlineMode.DELIVERY,
        answered_at=said.answered_at,
        recipient=said.hoster,
        answer=said.answer,
    )
    return Judgement(outcome=found.outcome, entry=entry)


def _admitted(judge: RecordAdmission, inbound: Inbound) -> HosterAnswer:
    """Apply rules 1 to 4.

    Raises:
        Rejected: with the first that fails.
    """
    if len(inbound.value) > RECORD_BYTES_MAX:
        raise Rejected(Quarantine.TOO_LARGE)
    said = ANSWER.decode(inbound.value)
    if inbound.key != said.hoster.encode() or judge.is_misplaced(inbound):
        raise Rejected(Quarantine.KEY_MISMATCH)
    texts = (said.id, said.hoster, said.case_id, said.url_key)
    if said.answered_at < 0 or any(text.endswith("\n") for text in texts):
        raise Rejected(Quarantine.MALFORMED)
    if said.answered_at > inbound.origin.appended_at + FUTURE_MS:
        raise Rejected(Quarantine.FUTURE_TIME)
    return said
