"""Where a panel leads to: the page of hostwatch with the same figures, and the runbook.

Grafana puts its own path before a link; the proxy (deploy/proxy) leads `/go/...` out of it again.
"""

from typing import Final

from grafana_foundation_sdk.builders import dashboard
from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.models import dashboard as models

PAGES: Final = {
    "overview": "/go/",
    "hoster": "/go/hoster/${hoster}",
    "measurement": "/go/pipeline",
    "pipeline": "/go/pipeline",
}
"""The page that each dashboard's panels have beside them."""

RUNBOOK: Final = {
    "Age of address databases": "HostwatchDatasetOld",
    "Age of open cases": "HosterCasesOld",
    "Answers of hosters": "HostwatchCaseDisputed",
    "Answers to hotlines that ask": "HostwatchFeedbackBehind",
    "Backlog against its own week": "HosterBacklogAboveOwnBand",
    "Behind": "HostwatchLagGrowing",
    "Behind in seconds, by role": "HostwatchStageStalled",
    "Behind, by role": "HostwatchLagGrowing",
    "Came back": "HosterReappearances",
    "Came back in $window": "HosterReappearances",
    "Canaries": "HostwatchProberBlind",
    "Certificates end in": "HostwatchCertificateEnding",
    "Change in a day": "HosterBacklogGrowing",
    "Changes told to hotlines": "HostwatchFeedbackWithheld",
    "Connections refused by reason": "HostwatchIntakeRefusing",
    "Connections to the intake": "HostwatchIntakeRefusing",
    "Figures are from": "HostwatchFiguresStale",
    "Figures do not advance": "HostwatchFiguresStale",
    "Free disk": "HostwatchDiskFilling",
    "Hidden re-checks": "HosterFoundHiding",
    "Hidden re-checks that disagree": "HosterFoundHiding",
    "Keys of hotlines end in": "HostwatchIntakeKeyEnding",
    "Late against told": "HosterNormBurnFast",
    "Ledger position, seconds behind": "HostwatchFiguresStale",
    "Missed probes": "HostwatchProbesMissed",
    "Not probed on time": "HosterUnprobed",
    "Not measurable": "HosterNotMeasurable",
    "Oldest open notice": "HosterCasesOld",
    "Oldest proposal that waits": "HostwatchProposalWaiting",
    "Newest signed root": "HostwatchRootsBehind",
    "Open": "HosterBacklogGrowing",
    "Open cases": "HosterBacklogGrowing",
    "Overdue, unseen": "HosterOverdueUnseen",
    "Partitions owned": "HostwatchPartitionOwnedTwice",
    "Partitions without an owner": "HostwatchPartitionUnowned",
    "Parts of the metrics left out": "HostwatchCollectorFailing",
    "Quarantined by reason": "HotlineRecordsQuarantined",
    "Records set aside, by topic": "HostwatchRecordStopsStage",
    "Report to notice, median": "HotlineSlowToNotify",
    "Reports attributed": "HostwatchUnattributed",
    "Requests refused by reason": "HostwatchIntakeLimited",
    "Series": "HostwatchSeriesBudget",
    "What a person has to see to": "HosterNoticesBouncing",
    "Within the norm: bounds": "HosterNormBurnSlow",
    "Without an answer": "HostwatchProbesWithoutAnswer",
    "Workers": "HostwatchTargetDown",
}
"""By a panel's title the alert that is about what it shows."""


def links(uid: str, title: str) -> list[Builder[models.DashboardLink]]:
    """Return the links of a panel.

    Args:
        uid: of the dashboard, without its prefix.
        title: of the panel.
    """
    found = [_link("Page", PAGES[uid])]
    if title in RUNBOOK:
        found.append(_link("What to do", f"/go/runbook#{RUNBOOK[title].lower()}"))
    if title == "Alerts that fire":
        found.append(_link("What to do", "/go/runbook"))
    return found


def _link(title: str, url: str) -> dashboard.DashboardLink:
    made = dashboard.DashboardLink(title).type(models.DashboardLinkType.LINK).url(url)
    return made.target_blank(True)
