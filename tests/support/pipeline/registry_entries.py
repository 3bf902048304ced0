"""Entries of a small registry."""

from schemas.closed_lists import HotlineMode
from schemas.records.registry import HosterEntry, HotlineEntry, NormEntry, Registry

REGISTRY: tuple[Registry, ...] = (
    HosterEntry(
        id="north",
        version=1,
        valid_from=0,
        name="North Hosting B.V.",
        group="polar",
        asns=(64500,),
        contacts=("abuse@north.example", "abuse@polar.example"),
    ),
    HosterEntry(
        id="arctic",
        version=1,
        valid_from=0,
        name="Arctic Ltd",
        group="polar",
        contacts=("abuse@polar.example", "desk@shared.example"),
    ),
    HosterEntry(
        id="south", version=1, valid_from=0, name="South", contacts=("desk@shared.example",)
    ),
    HotlineEntry(id="line", version=1, valid_from=0, name="Line"),
    HotlineEntry(id="daily", version=1, valid_from=0, name="Daily", feed_delay_s=129_600),
    HotlineEntry(id="archive", version=1, valid_from=0, name="A", mode=HotlineMode.HISTORIC),
    NormEntry(id="default", version=1, valid_from=0, norms_s=(86_400, 3_600)),
    NormEntry(id="nl", version=1, valid_from=0, norms_s=(43_200,), sector_norm_s=43_200),
)
