"""Makes the reports of docs/pictures as pages: `pictures.py FOLDER [URLHAUS.csv.gz ASN.csv.gz]`.

One is of the practice world's year: the truth of its material, seen through the timetable. It takes
no pipeline. The other is of a dump of URLhaus, if one is named: the time of adding stands for the
notice, and networks have names of no meaning. Both say so on their first page.
"""

import csv
import gzip
import sys
from bisect import bisect_left
from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from agents.tools.report.context import MethodChange, ReportContext
from agents.tools.report.files import PAGE_FILE, PDF_FILE, write
from agents.tools.report.publication import PeriodReport
from schemas.closed_lists import CaseClass, Role
from schemas.moments import DAY_MS, HOUR_MS, Instant, instant
from sim.world.hosters import ALL
from sim.world.material import Material
from sim.world.world import WORLD_START, Plan, World
from streams.report.cohort import Cohort, pseudonym
from streams.report.hosters_of_report import judged
from streams.report.published_case import PublishedCase, is_matured, public_verdict
from streams.timetable import TIMETABLE_H

THRESHOLD = 0.8
NORM_S = 86_400
MADE_UP = {
    "en": "Every hoster and figure of this report is made up: a year of the practice world.",
    "nl": "Elke hoster en elk cijfer van dit rapport is verzonnen: een jaar van de oefenwereld.",
}
REPLAYED = (
    "Malware reported to URLhaus stands in for other material here. No notices are known: the time"
    " of adding stands for them, and an end lies within an hour of the last sighting. The dump ends"
    " on 9 March 2026: what was there then is shown as there to the end. Networks have names of no"
    " meaning. The report shows whom the rule would name; nobody is judged by it."
)


def seen(noticed_at: Instant, gone_at: Instant | None, as_of: Instant) -> dict[str, object]:
    """Return L, R and class of a case whose removal probes of the timetable see."""
    took_h = float("inf") if gone_at is None else max(0.0, (gone_at - noticed_at) / HOUR_MS)
    place = bisect_left(TIMETABLE_H, took_h)
    if place < len(TIMETABLE_H):
        found_at = noticed_at + round(TIMETABLE_H[place] * HOUR_MS)
        if found_at <= as_of:
            last = noticed_at + round(TIMETABLE_H[max(place - 1, 0)] * HOUR_MS)
            return {"last_seen_at": last, "gone_at": found_at, "case_class": CaseClass.REMOVED}
    reached = max(hours for hours in TIMETABLE_H if noticed_at + hours * HOUR_MS <= as_of)
    last = noticed_at + round(reached * HOUR_MS)
    return {"last_seen_at": last, "gone_at": None, "case_class": CaseClass.ONLINE}


def published(cases: Iterator[PublishedCase], cohort: Cohort) -> PeriodReport:
    """Return the report of cases; hosters that are not judged have pseudonyms."""
    found = []
    for case in cases:
        verdict = public_verdict(case, NORM_S) if is_matured(case, NORM_S) else None
        found.append(msgspec.structs.replace(case, verdict=verdict, as_of=cohort.as_of))
    rows = judged(found, NORM_S, THRESHOLD).rows
    names = {
        row.hoster: row.hoster if row.bounds else pseudonym(row.hoster, cohort, _hash)
        for row in rows
    }
    named = [
        msgspec.structs.replace(
            one,
            hoster=names[one.hoster],
            moved_to=names.get(one.moved_to, "hoster-elsewhere") if one.moved_to else "",
        )
        for one in found
    ]
    named.sort(key=lambda one: one.case)
    return PeriodReport(cohort, THRESHOLD, {}, named, judged(named, NORM_S, THRESHOLD))


def _hash(purpose: str, text: str) -> str:
    return sha256(f"{purpose}\0{text}".encode()).hexdigest()


def practice_year() -> PeriodReport:
    """Return the report over a year of the practice world, the watch after it included."""
    cohort = Cohort(WORLD_START, WORLD_START + 334 * DAY_MS, NORM_S)
    hosters = {one.id: one for one in ALL}
    world = World(Plan(seed=1, port=80, rate=25))

    def cases() -> Iterator[PublishedCase]:
        for number, one in enumerate(world.material(cohort.as_of)):
            if cohort.from_at <= one.clock_at < cohort.to_at and not one.gone_untold():
                yield _of_material(one, number, hosters[one.hoster].country, cohort.as_of)

    return published(cases(), cohort)


def _of_material(one: Material, number: int, country: str, as_of: Instant) -> PublishedCase:
    ends = [at for at in (one.removed_at, one.left_at) if at is not None]
    said = seen(one.clock_at, min(ends, default=None), as_of)
    if said["gone_at"] is not None and one.left_at is not None and one.left_at == min(ends):
        said |= {"case_class": CaseClass.MOVED, "moved_to": one.second}
    back = one.back_at if said["case_class"] is CaseClass.REMOVED else None
    return PublishedCase(
        case=f"{number:06}",
        hoster=one.hoster,
        role=Role.HOSTING,
        hotline=("alpha", "beta", "gamma")[number % 3],
        incident=_hash("incident", f"{one.host}/{one.clock_at // DAY_MS}")[:16],
        noticed_at=one.clock_at,
        weight=1.0,
        flags=(),
        group=one.hoster,
        country=country,
        back_at=back if back is not None and back <= as_of else None,
        **said,
    )


def urlhaus(dump: Path, networks: Path) -> PeriodReport:
    """Return the report over a dump of URLhaus: four weeks of malware, by network."""
    day = instant(datetime(2026, 2, 7, tzinfo=UTC))
    cohort = Cohort(day, day + 28 * DAY_MS, NORM_S)
    until = instant(datetime(2026, 3, 9, 11, 10, 16, tzinfo=UTC))
    with gzip.open(networks, "rt", encoding="utf-8") as opened:
        of = {row["ip"]: row for row in csv.DictReader(opened)}

    def cases() -> Iterator[PublishedCase]:
        with gzip.open(dump, "rt", encoding="utf-8") as lines:
            for row in csv.DictReader(lines):
                network = of.get(row["host"])
                noticed_at = _instant(row["dateadded"])
                if network and row["last_online_1110"] and noticed_at < cohort.to_at:
                    yield _of_dump(row, network, noticed_at, until)

    return published(cases(), cohort)


def _instant(text: str) -> Instant:
    return instant(datetime.fromisoformat(text).replace(tzinfo=UTC))


def _of_dump(
    row: dict[str, str], network: dict[str, str], noticed_at: Instant, until: Instant
) -> PublishedCase:
    last_at = min(max(_instant(row["last_online_1110"]), noticed_at), until)
    gone = row["status_1110"] == "offline"
    return PublishedCase(
        case=_hash("case", row["id"])[:12],
        hoster="network-" + _hash("network", network["asn"])[:6],
        role=Role.HOSTING,
        hotline=row["reporter"],
        incident=_hash("incident", f"{row['host']}/{noticed_at // DAY_MS}")[:16],
        noticed_at=noticed_at,
        last_seen_at=last_at,
        gone_at=min(last_at + HOUR_MS, until) if gone else None,
        case_class=CaseClass.REMOVED if gone else CaseClass.ONLINE,
        weight=1.0,
        flags=(),
        group="network-" + _hash("network", network["asn"])[:6],
        country=network["country"] or "??",
    )


def made(report: PeriodReport, folder: Path, name: str, context: ReportContext) -> None:
    """Write a report's PDF under a name."""
    whole = PeriodReport(
        report.cohort, report.threshold, report.positions, report.cases, report.hosters, context
    )
    with TemporaryDirectory() as room:
        write(whole, Path(room))
        (folder / f"{name}.pdf").write_bytes((Path(room) / PDF_FILE).read_bytes())
        (folder / f"{name}.html").write_bytes((Path(room) / PAGE_FILE).read_bytes())
    print(name, len(whole.cases), "cases;", len(whole.hosters.named), "named")


def main(folder: Path, sources: list[str]) -> None:
    """Make both reports, the practice world's in Dutch too."""
    year = practice_year()
    changes = (
        MethodChange(method="10", from_at=0, summary="late feeds, matured norms, one clock"),
    )
    for language, words in MADE_UP.items():
        made(
            year,
            folder,
            f"report-practice-{language}",
            ReportContext(language=language, note=words, methods=changes),
        )
    if sources:
        dump, networks = map(Path, sources)
        made(urlhaus(dump, networks), folder, "report-urlhaus-en", ReportContext(note=REPLAYED))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
