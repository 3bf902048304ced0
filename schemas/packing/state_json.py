"""The JSON form of a state, which readers in other languages know by its schema.

A case has no groups there: the fields of `sampling` and `rechecks` stand beside the others, and
`brackets` is the integer of `norm_probes`. This is the only place where the two forms meet.
"""

from inspect import cleandoc
from types import GenericAlias
from typing import Any, Final

import msgspec
from msgspec import Struct, structs

from schemas.packing.norm_bits import norm_bits, norm_probes_of
from schemas.records.case import CaseSummary, Rechecks, Sampling, UrlState

_FLAT: Final = {
    "sampling": structs.fields(Sampling),
    "rechecks": structs.fields(Rechecks),
}
"""Groups of a case, and their fields in order."""

_DOC: Final = """

In this form the attributes of `sampling` (inclusion, sampled) and of `rechecks` (rechecked,
disagreed) stand beside the others, and `norm_probes` is the integer `brackets`. Its bits 0 to 7: a
probe on time was made around 1, 12, 24 and 48 h after the notice (slots at 0.9, 1.1, 11.5, 12.5,
23.5, 24.5, 47.5, 48.5 h); bits 10 to 17: none is planned there. Bits 8 and 9: a probe around its
norm was conclusive, or was blocked or not answered."""


def _flat_fields() -> list[Any]:
    found: list[Any] = []
    for one in structs.fields(CaseSummary):
        if one.name == "norm_probes":
            found.append(("brackets", int, 0))
        elif one.name in _FLAT:
            found += [(part.name, part.type, part.default) for part in _FLAT[one.name]]
        elif one.required:
            found.append((one.name, one.type))
        else:
            found.append((one.name, one.type, _named_default(one)))
    return found


def _named_default(one: structs.FieldInfo) -> Any:
    """Return the default of a field, with its name on the wire where that is another one."""
    name = None if one.encode_name == one.name else one.encode_name
    return msgspec.field(default=msgspec.NODEFAULT if one.required else one.default, name=name)


def _wire_doc(record: type[Struct]) -> str:
    """Return the docstring of a record by the names of the wire."""
    doc = cleandoc(record.__doc__ or "")
    for one in structs.fields(record):
        doc = doc.replace(f"\n    {one.name}:", f"\n    {one.encode_name}:")
    return doc


def _state_fields(case: type[Struct]) -> list[Any]:
    found: list[Any] = []
    for one in structs.fields(UrlState):
        kind = GenericAlias(tuple, (case, ...)) if one.name == "cases" else one.type
        found.append((one.name, kind, _named_default(one)))
    return found


_CaseJson: Final = msgspec.defstruct(
    "CaseSummary",
    _flat_fields(),
    namespace={"__doc__": _wire_doc(CaseSummary) + _DOC},
    module=__name__,
    frozen=True,
    kw_only=True,
    omit_defaults=True,
    gc=False,
)

StateJson: Final = msgspec.defstruct(
    "UrlState",
    _state_fields(_CaseJson),
    namespace={"__doc__": _wire_doc(UrlState)},
    module=__name__,
    frozen=True,
    kw_only=True,
    omit_defaults=True,
)
"""A state as its JSON has it."""


def state_of(read: Struct) -> UrlState:
    """Return the state that a JSON form says."""
    fields = structs.asdict(read)
    return UrlState(**{**fields, "cases": tuple(map(_case_of, fields["cases"]))})


def json_of(state: UrlState) -> bytes:
    """Return the JSON form of a state."""
    fields = structs.asdict(state)
    return msgspec.json.encode(StateJson(**{**fields, "cases": tuple(map(_flat, state.cases))}))


def _case_of(read: Struct) -> CaseSummary:
    fields = structs.asdict(read)
    sampling = Sampling(fields.pop("inclusion"), fields.pop("sampled"))
    rechecks = Rechecks(fields.pop("rechecked"), fields.pop("disagreed"))
    norm_probes = norm_probes_of(fields.pop("brackets"))
    return CaseSummary(**fields, sampling=sampling, rechecks=rechecks, norm_probes=norm_probes)


def _flat(case: CaseSummary) -> Struct:
    fields = structs.asdict(case)
    for group in _FLAT:
        fields |= structs.asdict(fields.pop(group))
    bits = norm_bits(fields.pop("norm_probes"))
    return _CaseJson(**fields, brackets=bits)
