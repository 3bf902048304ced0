"""In which order tests begin: what takes long first, in as many equal parts as processes run them.

xdist gives each process one part of the list, and who is through takes from the end of another's.
So each part begins with what takes long and ends with what takes milliseconds, and no process is
left alone with one long test. The first part begins with what computes, the others with what waits
for brokers, processes and the clock: so the cores have work while others wait.
"""

from collections.abc import Iterable, Mapping
from typing import Protocol, TypeVar

SECONDS = {
    "tests/e2e/faults": 365,
    "tests/e2e/test_secured.py": 160,
    "tests/e2e/test_first_hour.py": 109,
    "tests/agents/edges/crypto/test_month_destruction.py": 70,
    "tests/agents/tools/test_month_keys.py": 50,
    "tests/deploy/test_compose_broker.py": 58,
    "tests/agents/tools/migration": 58,
    "tests/sim/demo/test_keys.py": 52,
    "tests/e2e/test_hostile_corpus.py": 52,
    "tests/agents/cli/test_intake.py": 48,
    "tests/e2e/test_set_aside.py": 45,
    "tests/agents/engine/consume/test_app.py": 18,
    "tests/agents/engine/consume/test_membership.py": 18,
    "tests/agents/engine/read/test_empty_fetch.py": 42,
    "tests/agents/tools/test_replay.py": 41,
    "tests/agents/engine/observe/test_members.py": 37,
    "tests/agents/cli/test_kafka.py": 22,
    "tests/agents/cli/program/test_cli.py": 11,
    "tests/agents/engine/consume/test_fetched_batches.py": 35,
    "tests/e2e/desk/test_public_report.py": 25,
    "tests/e2e/test_pipeline.py": 35,
    "tests/agents/tools/verification/test_verify.py": 33,
    "tests/agents/engine/observe/test_liveness.py": 32,
    "tests/agents/edges/web/test_server.py": 32,
    "tests/agents/edges/local_broker/test_broker.py": 31,
    "tests/agents/edges/local_broker/test_broker_cache.py": 22,
    "tests/deploy/test_dashboards.py": 21,
    "tests/e2e/test_alerted.py": 21,
    "tests/e2e/desk": 47,
    "tests/agents/edges/intake_http/test_drawn_requests.py": 20,
    "tests/e2e/test_restore.py": 18,
    "tests/agents/tools/test_doctor.py": 17,
    "tests/e2e/test_intake_crowd.py": 17,
    "tests/agents/cli/custody/test_keys.py": 17,
    "tests/agents/edges/http_server/test_connection.py": 16,
    "tests/e2e/test_intake_malformed.py": 16,
    "tests/test_process_guard.py": 14,
    "tests/agents/engine/faust/test_offsets.py": 13,
    "tests/sim/load/test_sender.py": 12,
    "tests/agents/edges/intake_http/feedback/test_operations.py": 12,
    "tests/agents/engine/state/test_disk_store.py": 12,
    "tests/agents/edges/crypto/test_key_damage.py": 11,
    "tests/agents/engine/faust/test_crash.py": 11,
    "tests/agents/engine/faust/test_state.py": 11,
    "tests/e2e/test_load.py": 10,
    "tests/fuzz/test_fuzz.py": 10,
    "tests/agents/edges/crypto/test_ledger_keys.py": 10,
    "tests/agents/edges/files/test_source_file.py": 10,
}
"""Wall seconds of what waits, about, as `--durations` shows them; what is in neither table takes
less than 10 s.
"""

COMPUTING = {
    "tests/sim/memory/test_mutations.py": 70,
    "tests/agents/edges/web/browser/test_accessibility.py": 45,
    "tests/sim/memory/test_run.py": 15,
    "tests/agents/cli/practice/test_simulate.py": 12,
    "tests/sim/memory/broker/test_broker.py": 40,
    "tests/deploy/test_alerts.py": 16,
    "tests/sim/memory/test_seeds.py": 30,
    "tests/adversarial/test_adversarial.py": 30,
    "tests/sim/memory/scenarios/test_catalogue.py": 30,
    "tests/verify/test_random_histories.py": 20,
    "tests/streams/lifecycle/test_growth.py": 20,
    "tests/sim/oracle/test_examine.py": 10,
    "tests/test_words.py": 15,
    "tests/verify/test_differential.py": 15,
    "tests/deploy/test_rules.py": 14,
    "tests/streams/schedule/test_inclusion_suggestion.py": 12,
    "tests/sim/oracle/test_oracle.py": 12,
    "tests/sim/memory/test_replay.py": 11,
    "tests/streams/lifecycle/events/test_fast_path.py": 10,
}
"""Seconds of a core, about, of what computes and waits for nothing."""

TOGETHER = dict.fromkeys(
    (
        "tests/agents/cli/test_topics.py",
        "tests/agents/edges/kafka/test_acl_check.py",
        "tests/agents/edges/kafka/test_admin_client.py",
        "tests/agents/edges/kafka/test_kept_offsets.py",
        "tests/agents/edges/kafka/test_reachability.py",
        "tests/agents/edges/kafka/test_surplus_acls.py",
        "tests/e2e/faults/test_refused.py",
    ),
    "tests/e2e/test_secured.py",
)
"""Files that go with another: each process that runs one of them starts a broker with users."""


class Placed(Protocol):
    """What has a file, as tests have."""

    nodeid: str


T = TypeVar("T", bound=Placed)


def ordered(
    tests: Iterable[T],
    seconds: Mapping[str, float],
    parts: int = 1,
    computing: Mapping[str, float] | None = None,
    together: Mapping[str, str] | None = None,
) -> list[T]:
    """Return tests in the order in which they begin.

    Args:
        tests: in the order of their files, which stays within a group.
        seconds: how long a group takes, by the beginning of its files' paths; its tests share what
            is made once for them. What begins like none of these takes next to no time.
        parts: how many processes run them.
        computing: the same for what keeps a core busy: the first of several parts begins with it.
        together: files that are of another file's group.
    """
    busy, moved = dict(computing or {}), together or {}
    known = {**seconds, **busy}
    groups: dict[str, list[T]] = {name: [] for name in sorted(known, key=len, reverse=True)}
    rest: list[T] = []
    group_of: dict[str, list[T]] = {}
    for test in tests:
        file = test.nodeid.partition("::")[0]
        if file not in group_of:
            path = moved.get(file, file)
            found = next((name for name in groups if path.startswith(name)), None)
            group_of[file] = rest if found is None else groups[found]
        group_of[file].append(test)
    shares: list[list[T]] = [[] for _ in range(parts)]
    taken = [0.0] * parts
    others = range(1, parts) if busy and parts > 1 else range(parts)
    for name in sorted(groups, key=lambda name: -known[name]):
        least = 0 if name in busy else min(others, key=taken.__getitem__)
        shares[least] += groups[name]
        taken[least] += known[name] if groups[name] else 0.0
    left = len(rest) + sum(map(len, shares))
    for number, share in enumerate(shares):
        each = left // (parts - number)  # as xdist divides them
        more = max(0, each - len(share))
        share.extend(rest[:more])
        del rest[:more]
        left -= each
    return [test for share in shares for test in share] + rest
