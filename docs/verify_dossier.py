#!/usr/bin/env python3
"""Checks a dossier of hostwatch, by itself and offline.

    python3 verify_dossier.py dossier.json [--key HEX] [--authority CA.pem]

It needs Python 3.11, the package `cryptography` and, for timestamps, the program `openssl`. It takes
nothing from hostwatch, so whoever does not trust that program can read these lines instead.

What is checked, and by what:

1. The file is written in the one way that dossiers are: a byte that was changed or added is found.
2. Whoever made it signed all of it (Ed25519), and is a person of the ledger: the entry of
   `registry.v1` that says so is among the records, itself signed by two persons.
3. Each record stood in the ledger in its hour: an inclusion proof (RFC 9162, 2.1.3) leads from it to
   the root of that hour, and the root covers its place.
4. Each root is signed (Ed25519). With --key it is signed by that key, as it was published. The
   newest root has each hour (inclusion) and all that the log of hours had then (consistency, 2.1.4).
5. The rows that tell a case are what the records say, each record has its row, and the verdicts
   follow from the clock, L and R.
6. With --authority: each timestamp is that authority's for the root (RFC 3161).

Without --key whoever makes a whole chain of roots anew is not found out. Exit code 0: all is right.
1: something is not, a line for each finding. 2: the file or an option cannot be used.
"""

import base64
import binascii
import hashlib
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

FORMAT = "hostwatch dossier 1"
TOLERANCE_MS = 300_000
LISTS = ("reports", "notices", "withdrawals", "checks", "answers", "decisions", "attributions")
MADE_HERE = {"record", "appended_at", "verdict", "rule", "backed", "places", "in_force", "signers"}


class Wrong(Exception):
    """The file is no dossier."""


def canonical(found):
    """Return the one form of a value: fields sorted, no blanks."""
    return json.dumps(found, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def genuine(key, signature, message):
    """Return whether a signature is that of a key over a message, both in hex."""
    try:
        public = Ed25519PublicKey.from_public_bytes(bytes.fromhex(key))
        public.verify(bytes.fromhex(signature), message)
    except (InvalidSignature, ValueError):
        return False
    return True


def signed_bytes(kind, ledger, record, defaults=()):
    """Return what is signed of a record: all fields but signatures, those at their default left out."""
    kept = {k: v for k, v in record.items() if k != "signatures" and (k, v) not in defaults}
    parts = (b"hostwatch two persons 1", kind.encode(), ledger.encode(), canonical(kept))
    return b"\x00".join(parts)


def parts(*found):
    """Return parts, each behind its length in four bytes; numbers in decimal."""
    raw = [one if isinstance(one, bytes) else str(one).encode() for one in found]
    return b"".join(len(one).to_bytes(4, "big") + one for one in raw)


def leaf(content):
    """Return the hash of a leaf."""
    return hashlib.sha256(b"\x00" + content).digest()


def node(left, right):
    """Return the hash of a node."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def hour_leaf(root):
    """Return the hash of an hour in the log of hours."""
    extents = [
        part
        for one in root["extents"]
        for part in (one["topic"], one["partition"], one["begin"], one["end"])
    ]
    head = ("hour", root["hour_at"], root["size"], bytes.fromhex(root["root"]))
    return leaf(parts(*head, *extents))


def included(found, index, size, path, root):
    """Check an inclusion proof, by the recursive definition of the tree."""

    def climb(at, width, rest):
        if width == 1:
            if rest:
                raise Wrong
            return found
        if not rest:
            raise Wrong
        split = 1 << (width - 1).bit_length() - 1
        if at < split:
            return node(climb(at, split, rest[:-1]), rest[-1])
        return node(rest[-1], climb(at - split, width - split, rest[:-1]))

    try:
        hashes = [bytes.fromhex(one) for one in path]
        return 0 <= index < size and climb(index, size, hashes) == bytes.fromhex(root)
    except (Wrong, ValueError):
        return False


def consistent(first, second, path):
    """Check a consistency proof between two (size, root), by its recursive definition."""

    def climb(m, n, rest, whole):
        """Return the root of the first m leaves, and that of all n."""
        if m == n:
            if whole:
                if rest:
                    raise Wrong
                return bytes.fromhex(first[1]), bytes.fromhex(first[1])
            if len(rest) != 1:
                raise Wrong
            return rest[0], rest[0]
        if not rest:
            raise Wrong
        split = 1 << (n - 1).bit_length() - 1
        if m <= split:
            old, new = climb(m, split, rest[:-1], whole)
            return old, node(new, rest[-1])
        old, new = climb(m - split, n - split, rest[:-1], False)
        return node(rest[-1], old), node(rest[-1], new)

    try:
        if not 0 < first[0] <= second[0]:
            return False
        old, new = climb(first[0], second[0], [bytes.fromhex(one) for one in path], True)
        return (old.hex(), new.hex()) == (first[1], second[1])
    except (Wrong, ValueError):
        return False


def check_persons(doc):
    """Yield whether the maker is a person whom two persons entered."""
    entries = [json.loads(r["value"]) for r in doc["records"] if r["topic"] == "registry.v1"]
    persons = [one for one in entries if one.get("kind") == "person"]
    keys, ledgers = {}, set()
    defaults = [("ends_at", None), ("founders", [])]
    first = {f["id"]: f["public_key"] for f in persons[0]["founders"]} if persons else {}
    for one in persons:
        own = {f["id"]: f["public_key"] for f in one["founders"]}
        known = first if own == first else {} if own else keys
        message = signed_bytes("person", one["ledger"], strip_kind(one), defaults)
        by = {s["person"] for s in one["signatures"]}
        good = all(genuine(known.get(s["person"], ""), s["signature"], message) for s in one["signatures"])
        if len(by) == 2 and good:
            keys[one["id"]] = one["public_key"]
            ledgers.add(one["ledger"])
    if keys.get(doc["person"]) != doc["public_key"]:
        yield "whoever signed the dossier is no person whom two persons entered in the ledger"
    if ledgers - {doc["head"]["ledger"]}:
        yield "the persons are of another ledger than the roots"


def strip_kind(entry):
    """Return an entry of the registry without the tag of its kind, as it is signed."""
    return {k: v for k, v in entry.items() if k != "kind"}


def check_roots(doc, key):
    """Yield which roots are not signed, or are not in the newest one."""
    head, seen = doc["head"], set()
    for root in [head, *(hour["root"] for hour in doc["hours"])]:
        by = key or root["public_key"]
        message = signed_bytes("root", root["ledger"], root)
        same = root["public_key"] == by and root["ledger"] == head["ledger"]
        if len(root["signatures"]) != 1 or not same or not genuine(by, root["signatures"][0]["signature"], message):
            yield f"the root of {root['hour_at']} is not signed by the published key"
    for hour in doc["hours"]:
        root = hour["root"]
        if root["hour_at"] in seen:
            yield f"the hour {root['hour_at']} stands there twice"
        seen.add(root["hour_at"])
        if not included(hour_leaf(root), root["log_size"] - 1, head["log_size"], hour["path"], head["log_root"]):
            yield f"nothing proves that the newest root has the hour {root['hour_at']}"
        earlier, later = (root["log_size"], root["log_root"]), (head["log_size"], head["log_root"])
        if not consistent(earlier, later, hour["consistency"]):
            yield f"the newest root does not follow on that of {root['hour_at']}"


def check_records(doc):
    """Yield which records are not shown to have stood in the ledger."""
    roots = {hour["root"]["hour_at"]: hour["root"] for hour in doc["hours"]}
    for r in doc["records"]:
        root = roots.get(r["hour_at"], {"extents": [], "size": 0, "root": ""})
        covered = any(
            (e["topic"], e["partition"]) == (r["topic"], r["partition"]) and e["begin"] <= r["offset"] < e["end"]
            for e in root["extents"]
        )
        found = leaf(parts(r["topic"], r["partition"], r["offset"], r["at"], r["key"], r["value"]))
        if not covered or not included(found, r["index"], root["size"], r["path"], root["root"]):
            yield f"nothing proves that {place(r)} stood in the ledger"
    if len({place(r) for r in doc["records"]}) != len(doc["records"]):
        yield "a record stands there twice"


def place(record):
    """Return where a record stands."""
    return f"{record['topic']}/{record['partition']}/{record['offset']}"


def check_cases(doc):
    """Yield where rows are not what records say, or verdicts do not follow."""
    records = {place(r): r for r in doc["records"]}
    for case in doc["cases"]:
        name, rows = case["case_id"], [row for kind in (*LISTS, "observations") for row in case[kind]]
        mine = {p for p, r in records.items() if r["key"] == case["url_key"] and not r["topic"].startswith("registry")}
        if {row["record"] for row in rows} != mine:
            yield f"case {name}: a record of its URL has no row, or a row no record"
            continue
        for row in rows:
            said = json.loads(records[row["record"]]["value"])
            flat = said | said.get("facts", {})
            wrong = [k for k, v in row.items() if k not in MADE_HERE and k in flat and flat[k] != v]
            placed = zip(row.get("places", []), said.get("placements", []), strict=False)
            wrong += [k for a, b in placed for k in a if k in b and a[k] != b[k]]
            same = len(row.get("places", [])) == len(said.get("placements", []))
            if wrong or not same or row["appended_at"] != records[row["record"]]["at"]:
                yield f"case {name}: a row is not what {row['record']} says"
        seen, gone = case["judged"] or (case["last_seen_at"], case["gone_at"])
        for norm in case["norms"]:
            if norm["norm_s"] is None or case["noticed_at"] is None:
                continue
            due = case["noticed_at"] + norm["norm_s"] * 1000
            in_time = gone is not None and gone <= due
            late = seen is not None and seen > due + TOLERANCE_MS
            if (norm["verdict"] == "in_time" and not in_time) or (norm["verdict"] == "late" and not late):
                yield f"case {name}: the verdict on {norm['norm_s']} s does not follow from its clock, L and R"
    if {r["key"] for r in doc["records"] if not r["topic"].startswith("registry")} - {c["url_key"] for c in doc["cases"]}:
        yield "records of a URL stand there without a case"


def check_stamps(doc, authority):
    """Yield which timestamps are not the authority's for the roots they name."""
    roots = {root["hour_at"]: root for root in (doc["head"], *(hour["root"] for hour in doc["hours"]))}
    if not doc["stamps"]:
        yield "the dossier has no timestamp"
    for stamp in doc["stamps"]:
        with tempfile.NamedTemporaryFile() as response:
            response.write(base64.b64decode(stamp["response"]))
            response.flush()
            digest = roots.get(stamp["hour_at"], {}).get("log_root", "")
            said = ["openssl", "ts", "-verify", "-digest", digest, "-in", response.name, "-CAfile", authority]
            if not digest or subprocess.run(said, capture_output=True, check=False, timeout=30).returncode:
                yield f"the timestamp of {stamp['hour_at']} is not the authority's for that root"


def findings(raw, key=None, authority=None):
    """Return what is wrong with the content of a dossier's file."""
    try:
        doc = json.loads(raw)
        if doc["format"] != FORMAT or canonical(doc) + b"\n" != raw:
            return ["the file is not written as a dossier is: a byte was changed, or added"]
        bare = canonical({**doc, "signature": ""}) + b"\n"
        message = FORMAT.encode() + b"\x00" + hashlib.sha256(bare).digest()
        found = [] if genuine(doc["public_key"], doc["signature"], message) else ["the dossier is not signed by the key that it names"]
        for check in (check_persons(doc), check_roots(doc, key), check_records(doc), check_cases(doc)):
            found += check
        return found + (list(check_stamps(doc, authority)) if authority else [])
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError, OverflowError, binascii.Error):
        return ["it is no dossier, or it was changed"]


def main(said):
    """Check the file named, print what is wrong, and return the exit code."""
    options = dict(zip(said[1::2], said[2::2], strict=False))
    if len(said) % 2 == 0 or not said or options.keys() - {"--key", "--authority"}:
        print(__doc__.split("\n\n")[1].strip(), file=sys.stderr)
        return 2
    try:
        raw = Path(said[0]).read_bytes()
    except OSError:
        print(f"{said[0]} cannot be read", file=sys.stderr)
        return 2
    found = findings(raw, options.get("--key"), options.get("--authority"))
    print("\n".join(found) or "all is right")
    if not found and "--key" not in options:
        print(f"hold this key against the one that was published: {json.loads(raw)['head']['public_key']}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
