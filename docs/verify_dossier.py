#!/usr/bin/env python3
"""Checks a dossier of hostwatch, by itself and offline.

    python3 verify_dossier.py dossier.json [--key HEX]... [--founder HEX]... [--authority CA.pem]

It needs Python 3.11, `cryptography` and, for timestamps, `openssl`. It takes nothing from hostwatch. What is checked, and by what:
1. The file is written in the one way that dossiers are: a byte that was changed or added is found.
2. Whoever made it signed all of it (Ed25519) and might sign then: by entries of `registry.v1` among the records, each signed by two persons
   who might. With --founder the first two are those that were published. The hoster has its name there.
3. Each record stood in the ledger in its hour: an inclusion proof (RFC 9162, 2.1.3) leads to the root of that hour.
4. Each root is signed (Ed25519), with --key by a key that was published. The newest root has each hour (inclusion) and all that the log of
   hours had then (consistency, 2.1.4). With --authority its timestamps are genuine (RFC 3161).
5. Each row stands in the list of its record's kind and says what that says; each record that speaks of a case has its row; two persons signed each
   decision. A row is `online` of an answer 2xx alone, and backed only if it is `online`.
6. A case's clock is a notice to its hoster or a report. L and R are instants of its rows, and verdicts follow from them. A dispute is open
   by its answers and decisions. What supports a fine is undisputed, and a vantage that names itself, or a person, saw it late.
It judges no answers, and nothing shows that a list is whole: docs/operator.md, Checking a dossier, says what is not found. Exit code 0: all
is right. 1: something is not, a line for each finding. 2: a file or option is unusable.
"""

import argparse
import base64
import hashlib
import json
import subprocess
import sys
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

FORMAT, TOLERANCE_MS, HOUR_MS, DAY_MS, DELAY_MS = "hostwatch dossier 1", 300_000, 3_600_000, 86_400_000, 600_000
LISTS = {name + "s": name for name in ("report", "notice", "withdrawal", "check", "answer", "attribution", "observation")} | {"decisions": None}
MADE_HERE = {"record", "appended_at", "verdict", "rule", "backed", "places", "in_force", "signers", "opened"}
# what a field says that a record leaves out; every other one says nothing: null, false, 0 or empty
LEFT_OUT = {"role": "hosting", "canary_ok": True, "announced": True, "answered": True, "country": "??", "asn_country": "??", "registered_country": "??", "confidence": "unknown"}
# fields that are signed only where they say something
OPTIONAL = {"ends_at", "founders", "case_id", "hoster", "group", "revokes", "proposed_by", "approved_by", "basis"}

def canonical(found):
    """Return the one form of a value: fields sorted, no blanks."""
    return json.dumps(found, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()

def genuine(key, signature, message):
    """Return whether a signature is that of a key over a message, both in hex."""
    try:
        return Ed25519PublicKey.from_public_bytes(bytes.fromhex(key)).verify(bytes.fromhex(signature), message) is None
    except (InvalidSignature, ValueError):
        return False

def signed_by(keys, kind, ledger, record, number=2):
    """Return whether so many persons, of those with these keys, signed a record, and nobody else."""
    bare = {k: v for k, v in record.items() if k not in ("signatures", "kind") and (v or k not in OPTIONAL)}
    message = b"\x00".join((b"hostwatch two persons 1", kind.encode(), ledger.encode(), canonical(bare)))
    given = [(keys.get(one["person"], ""), one["signature"]) for one in record["signatures"]]
    return len(given) == len({key for key, _ in given}) == number and all(genuine(*one, message) for one in given)

def leaf(*parts):
    """Return the hash of a leaf of parts, each behind its length in four bytes; numbers in decimal."""
    raw = (one if isinstance(one, bytes) else str(one).encode() for one in parts)
    return hashlib.sha256(b"\x00" + b"".join(len(one).to_bytes(4, "big") + one for one in raw)).digest()

def node(left, right):
    """Return the hash of a node."""
    return hashlib.sha256(b"\x01" + left + right).digest()

def included(found, index, size, path, root):
    """Check an inclusion proof: going down the tree to the leaf says on which side each hash of the path stands."""
    rights, at, width = [], index, size
    while width > 1:
        split = 1 << (width - 1).bit_length() - 1
        rights.append(at >= split)
        at, width = (at - split, width - split) if at >= split else (at, split)
    for right, other in zip(reversed(rights), path, strict=False):
        found = node(bytes.fromhex(other), found) if right else node(found, bytes.fromhex(other))
    return 0 <= index < size and len(rights) == len(path) and found.hex() == root

def consistent(earlier, later, path):
    """Check a consistency proof between two (size, root), in the same way."""
    (m, root), (n, top), rights = earlier, later, []
    while 0 < m < n:
        split = 1 << (n - 1).bit_length() - 1
        rights.append(m > split)
        m, n = (m - split, n - split) if m > split else (m, split)
    hashes = [bytes.fromhex(one) for one in (path if any(rights) else [root, *path])]
    if m != n or len(hashes) != len(rights) + 1:
        return False
    old = new = hashes[0]
    for right, other in zip(reversed(rights), hashes[1:], strict=True):
        old, new = (node(other, old), node(other, new)) if right else (old, node(new, other))
    return (old.hex(), new.hex()) == (root, top)

class Persons:
    """Who might sign when: by entries that the two founders signed, or two persons who might then."""

    def __init__(self, records):
        self.founders, self.ledger, self.unsigned_until, self.held = {}, "", None, {}
        for one, at in ((json.loads(r["value"]), r["at"]) for r in records if r["topic"] == "registry.v1"):
            if one["kind"] == "person" and one["version"] not in self.held.get(one["id"], {}):
                self.add(one, at)

    def add(self, one, at):
        """Take in an entry; one that is not signed as it has to be changes nothing."""
        own = {f["id"]: f["public_key"] for f in one.get("founders", [])}
        founds = self.founders in ({}, own) and one["version"] == 1 and own.get(one["id"]) == one["public_key"]
        if own and (not founds or one.get("ends_at") is not None) or self.ledger not in ("" if own else 0, one["ledger"]):
            return
        if signed_by(own or self.at(at), "person", one["ledger"], one):
            if self.unsigned_until is None:
                self.founders, self.ledger, self.unsigned_until = own, one["ledger"], at + (DELAY_MS if one["valid_from"] else 0)
            self.held.setdefault(one["id"], {})[one["version"]] = max(one["valid_from"], at + DELAY_MS) if one["valid_from"] or not own else 0, one

    def at(self, instant):
        """Return the keys of those who might sign at an instant."""
        newest = [found[max(held)][1] for found in self.held.values() if (held := [n for n in found if found[n][0] <= instant])]
        return {p["id"]: p["public_key"] for p in newest if p.get("ends_at") is None or instant < p["ends_at"]}

def check_persons(doc, persons, founders):
    """Yield whether the maker might sign, and when it was made."""
    if persons.at(doc["made_at"]).get(doc["person"]) != doc["public_key"]:
        yield "whoever signed the dossier is no person who might sign then"
    if persons.ledger != doc["head"]["ledger"] or not set(founders) <= set(persons.founders.values()):
        yield "the persons are of another ledger than the roots, or the first two are not those that were published"
    entries = [json.loads(r["value"]) for r in reversed(doc["records"]) if r["topic"] == "registry.v1"]
    names = {e["version"]: e["name"] for e in entries if (e["kind"], e["id"]) == ("hoster", doc["hoster"])}
    if doc["name"] != (names[max(names)] if names else doc["hoster"]):
        yield "its name is not what the registry calls the hoster"
    if doc["as_of"] != doc["head"]["hour_at"] + HOUR_MS or doc["made_at"] < max(r["at"] for r in doc["records"]):
        yield "as_of is not the end of the newest root, or it was made before a record"

def check_roots(doc, keys):
    """Yield which roots are not signed, or are not in the newest one."""
    head = doc["head"]
    for root in [head, *(hour["root"] for hour in doc["hours"])]:
        by = {one["person"]: root["public_key"] for one in root["signatures"] if root["ledger"] == head["ledger"]}
        if (keys and root["public_key"] not in keys) or not signed_by(by, "root", root["ledger"], root, number=1):
            yield f"the root of {root['hour_at']} is not signed by the published key"
    for hour, root in ((hour, hour["root"]) for hour in doc["hours"]):
        extents = (one[name] for one in root["extents"] for name in ("topic", "partition", "begin", "end"))
        found = leaf("hour", root["hour_at"], root["size"], bytes.fromhex(root["root"]), *extents)
        earlier, later = (root["log_size"], root["log_root"]), (head["log_size"], head["log_root"])
        if not included(found, earlier[0] - 1, later[0], hour["path"], later[1]) or not consistent(earlier, later, hour["consistency"]):
            yield f"nothing proves that the newest root has the hour {root['hour_at']}, and what came before"

def check_records(doc, records):
    """Yield which records are not shown to have stood in the ledger."""
    roots = {hour["root"]["hour_at"]: hour["root"] for hour in doc["hours"]}
    for name, r in records.items():
        root = roots.get(r["hour_at"], {"extents": [], "size": 0, "root": ""})
        mine = [e for e in root["extents"] if (e["topic"], e["partition"]) == (r["topic"], r["partition"])]
        found = leaf(r["topic"], r["partition"], r["offset"], r["at"], r["key"], r["value"])
        if not any(e["begin"] <= r["offset"] < e["end"] for e in mine) or not included(found, r["index"], root["size"], r["path"], root["root"]):
            yield f"nothing proves that {name} stood in the ledger"
    yield from ["a record or an hour stands there twice"] * (len(records) != len(doc["records"]) or len(roots) != len(doc["hours"]))

def same(told, said):
    """Return whether what is told of a record is what it says, field by field."""
    rest = {k: v for k, v in told.items() if k not in MADE_HERE}
    return canonical(rest) == canonical({k: said.get(k, LEFT_OUT.get(k, None if v else v)) for k, v in rest.items()})

def says(kind, row, record, said):
    """Return whether a row stands in the list of its record's kind, and is what that says."""
    mine, due, signers = row.get("places", []), said.get("placements", []), [s["person"] for s in said.get("signatures", [])]
    agrees = same(row, {**said, **said.get("facts", {})}) and row["appended_at"] == record["at"]
    agrees = agrees and said.get("type") == LISTS[kind] and len(mine) == len(due) and all(map(same, mine, due))
    online, answered = row.get("verdict") == "online", kind == "observations" and row["error"] is None and 200 <= row["status"] < 300
    return agrees and row.get("signers", signers) == signers and (answered or not online) and (online or not row.get("backed"))

def names_of(case, said):
    """Return the names that a case's owner had by the places that name it, and all that it may have had by any place of the URL."""
    mine, at = {case["hoster"], case["owner"]}, set()
    places = [p for row in case["attributions"] for p in said.get(row["record"], {}).get("placements", [])]
    sure = mine.union(*(p.get("formerly", []) for p in places if (p["hoster"], p["group"]) == (case["hoster"], case["owner"])))
    for p in [*places[::-1], *places]:  # an overflow stands for whoever is beyond the first owners
        if mine & {p["hoster"], p["group"], "overflow"} or p.get("address_key") in at:  # a network may get its name at its address
            mine, at = mine | {p["hoster"], p["group"], *p.get("formerly", [])}, at | ({p.get("address_key")} - {"", None})
    return sure - {"unknown"}, mine - {"unknown"}

def speaks_of(case, names, there):
    """Return which records of a URL speak of a case: no decision about another one, and no answer of others than these."""
    made, found = {one["id"]: one for name, one in there.items() if name.startswith("decisions.v1/")}, set()
    for name, about in there.items():
        for _ in made:  # a decision that takes another back speaks of what that spoke of
            about = made.get(about.get("revokes"), about)
        of_owner = about.get("type") != "answer" or about["recipient"] in names
        ours = about.get("case_id", "") in ("", case["case_id"]) if name.startswith("decisions.v1/") else of_owner
        found |= {name} if ours else set()
    return found

def open_dispute(case, said):
    """Return since when a dispute is open, by answers and the decisions that no later one revokes; None = none is."""
    revoked, closed = set(), 0
    made = sorted((said[row["record"]] for row in case["decisions"]), key=lambda one: (one["decided_at"], one["id"]))
    for one in (one for one in reversed(made) if one["id"] not in revoked):
        revoked |= {one.get("revokes")} if one["action"] == "revoke" else set()
        closed = max(closed, one["decided_at"] if one["action"].endswith("_dispute") else 0)
    return min((a["answered_at"] for a in case["answers"] if a["answer"] in ("disputed", "not_ours") and a["answered_at"] > closed), default=None)

def check_case(case, said, doc):
    """Yield what of a case its rows cannot show; `said` is what their records say, by place."""
    noticed, (_, owners) = case["noticed_at"], names_of(case, said)
    if doc["hoster"] not in (case["hoster"], case["owner"]) or not doc["from_at"] <= (noticed or case["reported_at"]) < doc["to_at"]:
        yield "it is another hoster's or period's"
    told = [n for n in case["notices"] if owners & {n["recipient"], said[n["record"]].get("group")}]
    clocks = [n for n in told if n["result"] == {"delivered": "delivered", "sent_only": "sent"}.get(case["clock"])]
    clocks = {n["noticed_at"] for n in clocks} | {n["received_at"] for n in clocks if n["backdated"]}
    clocks |= {r["received_at"] for r in case["reports"] if r["mode"] == case["clock"]}
    if noticed not in (clocks if case["clock"] else [None]):
        yield "its clock is no notice to its hoster, and no report"
    probes = [{**o, "age": said[o["record"]]["facts"].get("age_s") or 0} for o in case["observations"] if o["target"] == "url"]
    said_at = {said[r["record"]].get(k) for r in case["reports"] for k in ("seen_at", "last_online_at", "reported_at", "received_at")}
    online, there = [o for o in probes if o["verdict"] == "online"], {c["checked_at"] for c in case["checks"] if c["result"] == "present"}
    seen_at = {o["sent_at"] - ms for o in online for ms in (0, min(o["age"] * 1000, DAY_MS))} | there | said_at | {None, noticed}
    gone_at = {o[k] for o in probes if o["verdict"] != "online" for k in ("sent_at", "done_at")} | said_at | {None}
    gone_at |= {row[k] for k, kind in (("checked_at", "checks"), ("at", "attributions"), ("decided_at", "decisions")) for row in case[kind]}
    last, gone = case["judged"] or (case["last_seen_at"], case["gone_at"])
    if not {case["last_seen_at"], last} <= seen_at or not {case["gone_at"], gone} <= gone_at:
        yield "L or R is no instant of its rows"
    for norm, due in ((n, noticed + n["norm_s"] * 1000) for n in case["norms"] if n["norm_s"] is not None):
        shown = {"in_time": gone is not None and gone <= due, "late": last is not None and last > due + TOLERANCE_MS}
        if not shown.get(norm["verdict"], True):
            yield f"the verdict on {norm['norm_s']} s does not follow from its clock, L and R"
    if case["disputed_since"] != open_dispute(case, said):
        yield "since when it is disputed does not follow from its answers and decisions"
    if case["supports_a_fine"]:
        fair = case["public_late"] and case["naming"] and case["clock"] == "delivered" and case["disputed_since"] is None
        fair = fair and "cloaked" not in case["flags"] and case["case_class"] not in ("excluded", "withdrawn")
        terms = [n["norm_s"] for n in case["norms"] if n["norm_s"]] + [n["term_s"] for n in told if n["term_s"]]
        late = [o for o in online if o["backed"] and o["sent_at"] > noticed + min(terms) * 1000 + TOLERANCE_MS]
        if not fair or not any(o["announced"] or any(-HOUR_MS <= o["sent_at"] - c <= HOUR_MS + o["age"] * 1000 for c in there) for o in late):
            yield "nothing that may be said in public supports a fine"

def check_cases(doc, records, persons):
    """Yield where rows are not what records say, or a case is not what its rows can show."""
    said, by_url = {}, {}
    for name, r in records.items():
        said[name] = json.loads(r["value"])
        if r["topic"] != "registry.v1":
            by_url.setdefault(r["key"], {})[name] = said[name]
        due = r["topic"] == "decisions.v1" and (said[name]["v"] != 1 or r["at"] >= persons.unsigned_until)  # else nobody signed yet
        if due and not signed_by(persons.at(r["at"]), "decision", persons.ledger, said[name]):
            yield f"{name} is no decision that two persons signed"
    if {c["url_key"] for c in doc["cases"]} != by_url.keys() or len({c["case_id"] for c in doc["cases"]}) != len(doc["cases"]):
        yield "records of a URL stand there without a case, or a case stands there twice"
    for case in doc["cases"]:
        rows = [(kind, row) for kind in LISTS for row in case[kind]]
        shown, there = [row["record"] for _, row in rows], by_url.get(case["url_key"], {})
        due, possible = (speaks_of(case, names, there) for names in names_of(case, said))
        if not due <= {*shown} <= possible or len({*shown}) != len(shown):
            yield f"case {case['case_id']}: a record that speaks of it has no row, or a row no such record"
            continue
        wrong = ((kind, row["record"]) for kind, row in rows if not says(kind, row, records[row["record"]], said[row["record"]]))
        lines = (*(f"a row of {kind} is not what {name} says" for kind, name in wrong), *check_case(case, said, doc))
        yield from (f"case {case['case_id']}: {line}" for line in lines)

def check_stamps(doc, authority):
    """Yield which timestamps are not the authority's for the roots they name."""
    roots = {root["hour_at"]: root for root in (doc["head"], *(hour["root"] for hour in doc["hours"]))}
    for stamp in doc["stamps"] or [{"hour_at": "any hour", "response": ""}]:
        digest = roots.get(stamp["hour_at"], {}).get("log_root", "")
        said = ["openssl", "ts", "-verify", "-digest", digest, "-in", "/dev/stdin", "-CAfile", authority]
        if not digest or subprocess.run(said, input=base64.b64decode(stamp["response"]), capture_output=True, check=False, timeout=30).returncode:
            yield f"there is no timestamp of the authority for the root of {stamp['hour_at']}"

def findings(raw, keys=(), founders=(), authority=None):
    """Return what is wrong with the content of a dossier's file."""
    try:
        doc = json.loads(raw)
        if doc["format"] != FORMAT or canonical(doc) + b"\n" != raw:
            return ["the file is not written as a dossier is: a byte was changed, or added"]
        message = FORMAT.encode() + b"\x00" + hashlib.sha256(canonical({**doc, "signature": ""}) + b"\n").digest()
        found = [] if genuine(doc["public_key"], doc["signature"], message) else ["it is not signed by the key that it names"]
        persons, records = Persons(doc["records"]), {f"{r['topic']}/{r['partition']}/{r['offset']}": r for r in doc["records"]}
        found += [*check_persons(doc, persons, founders), *check_roots(doc, keys), *check_records(doc, records)]
        return [*found, *check_cases(doc, records, persons), *(check_stamps(doc, authority) if authority else [])]
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError, OverflowError):
        return ["it is no dossier, or it was changed"]

def main(said):
    """Check the file named, print what is wrong, and return the exit code."""
    parser = argparse.ArgumentParser(description="Checks a dossier of hostwatch, by itself and offline.")
    parser.add_argument("file", type=Path)
    for name, whose in (("--key", "the roots"), ("--founder", "the ledger's first two persons")):
        parser.add_argument(name, action="append", default=[], metavar="HEX", help=f"a published key of {whose}")
    parser.add_argument("--authority", help="certificate of who timestamped the roots, PEM")
    given = parser.parse_args(said)
    try:
        found = findings(raw := given.file.read_bytes(), given.key, given.founder, given.authority)
    except (OSError, subprocess.SubprocessError) as error:
        print(f"a file cannot be read, or the program openssl does not answer: {error}", file=sys.stderr)
        return 2
    print("\n".join(found) or "all is right")
    if not found and not (given.key and given.founder):
        doc = json.loads(raw)
        keys = doc["head"]["public_key"], *Persons(doc["records"]).founders.values()
        print("hold these keys, of the roots and of the founders, against the published ones:", *keys)
    return 1 if found else 0

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
