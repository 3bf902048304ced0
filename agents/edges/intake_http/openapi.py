"""The description of the API in OpenAPI 3.1, made from its routes and the types of its records.

No schema stands here: those of records, answers and refusals are made from the types that read and
write them. Reasons come from their closed lists, and paths from the routes that are served.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from http import HTTPStatus
from inspect import cleandoc
from typing import Any, Final, get_args

import msgspec

from agents.edges.intake_http.descriptions import Description, Parameter
from agents.edges.intake_http.problems import CONTENT_TYPE, MEANINGS, Problem, ProblemDetails
from agents.edges.intake_http.routes import PublicRoute, Route
from schemas.records.hotline import HotlineRecord, Proof, SourceStatus

_REF: Final = "#/components/schemas/{name}"
_JSON: Final = "application/json"
_STRICT: Final = (*get_args(HotlineRecord), SourceStatus, Proof)
"""Records in which an unknown field is refused."""

BEHIND_KEY: Final = (
    Problem.UNKNOWN_KEY,
    Problem.NO_INBOX,
    Problem.CONNECTIONS_OF_HOTLINE,
    Problem.REQUESTS_OF_KEY,
    Problem.BUSY,
)
"""Refusals that every operation behind a key may give."""

_FIELD_TEXT: Final = re.compile(r"^    ([a-z_, ]+): (.+(?:\n        .+)*)", re.MULTILINE)
"""An entry of the attributes in a docstring."""

_HEADERS: Final[Mapping[HTTPStatus, Mapping[str, str]]] = {
    HTTPStatus.UNAUTHORIZED: {"WWW-Authenticate": "The scheme, Bearer."},
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: {
        "Accept": "The content types that are taken.",
        "Accept-Post": "The content types that are taken.",
        "Accept-Encoding": "The content encodings that are taken.",
    },
    HTTPStatus.TOO_MANY_REQUESTS: {"Retry-After": "Seconds until it may be sent again."},
    HTTPStatus.SERVICE_UNAVAILABLE: {"Retry-After": "Seconds until it may be sent again."},
}


def document(routes: Sequence[Route | PublicRoute]) -> bytes:
    """Return the description of an API as JSON.

    Args:
        routes: its operations; those without a description are left out.
    """
    described = [(route, route.description) for route in routes if route.description is not None]
    schemas = _Schemas(one for _, description in described for one in _types(description))
    paths: dict[str, dict[str, Any]] = {}
    for route, description in described:
        path = re.sub(r"\{([a-z_]+):[^}]*\}", r"{\1}", route.path)
        keyed = isinstance(route, Route)
        operation = _operation(description, schemas, keyed=keyed)
        paths.setdefault(path, {})[route.method.lower()] = operation
    described_api = {
        "openapi": "3.1.0",
        "info": {
            "title": "hostwatch intake",
            "version": "1",
            "description": "Hotlines hand in records here, and learn what became of them.",
        },
        "paths": paths,
        "components": {
            "schemas": schemas.components,
            "securitySchemes": {
                "key": {"type": "http", "scheme": "bearer", "description": "The hotline's key."}
            },
        },
    }
    return msgspec.json.encode(described_api)


class _Schemas:
    """The JSON Schemas of types, and the components that they name."""

    def __init__(self, types: Iterable[Any]) -> None:
        wanted = [ProblemDetails, *types]
        made, self.components = msgspec.json.schema_components(wanted, ref_template=_REF)
        self._of = {repr(one): schema for one, schema in zip(wanted, made, strict=True)}
        for kind in _STRICT:
            if kind.__name__ in self.components:
                self.components[kind.__name__]["additionalProperties"] = False
        structs = {one.__name__: one for one in _structs(wanted)}
        for name, schema in self.components.items():
            schema["description"] = cleandoc(schema.get("description", "")).split("\n\n")[0]
            for field, says in _field_texts(structs.get(name)).items():
                schema.get("properties", {}).get(field, {})["description"] = says

    def of(self, kind: Any) -> dict[str, Any]:
        return self._of[repr(kind)]


def _structs(types: Iterable[Any]) -> Iterable[type[msgspec.Struct]]:
    """Yield the records among types and in their fields."""
    left, seen = list(types), set()
    while left:
        one = left.pop()
        if isinstance(one, type) and issubclass(one, msgspec.Struct) and one not in seen:
            seen.add(one)
            yield one
            left += [field.type for field in msgspec.structs.fields(one)]
        else:
            left += get_args(one)


def _field_texts(kind: type[msgspec.Struct] | None) -> dict[str, str]:
    """Return what the docstrings of a record and its bases say of its fields."""
    texts: dict[str, str] = {}
    for one in reversed(kind.__mro__ if kind else ()):
        for names, says in _FIELD_TEXT.findall(cleandoc(one.__doc__ or "")):
            told = " ".join(says.split())
            texts |= dict.fromkeys(names.split(", "), f"{told[0].upper()}{told[1:]}")
    return texts


def _types(description: Description) -> Iterable[Any]:
    yield from (kind for kind in description.answers.values() if kind is not None)
    yield from (kind for kind in description.body.values() if kind is not None)
    yield from (parameter.kind for parameter in description.parameters)


def _operation(description: Description, schemas: _Schemas, *, keyed: bool) -> dict[str, Any]:
    problems = (*(BEHIND_KEY if keyed else ()), *description.problems)
    operation: dict[str, Any] = {
        "operationId": description.id,
        "summary": description.summary,
        "responses": {
            **{
                str(int(status)): _answer(status, kind, schemas)
                for status, kind in description.answers.items()
            },
            **_refusals(problems, schemas),
        },
    }
    if keyed:
        operation["security"] = [{"key": []}]
    if description.parameters:
        operation["parameters"] = [_parameter(one, schemas) for one in description.parameters]
    if description.body:
        content = {name: _body(kind, schemas) for name, kind in description.body.items()}
        operation["requestBody"] = {"required": True, "content": content}
    return operation


def _parameter(parameter: Parameter, schemas: _Schemas) -> dict[str, Any]:
    return {
        "name": parameter.name,
        "in": parameter.where,
        "required": parameter.where == "path",
        "description": parameter.summary,
        "schema": schemas.of(parameter.kind),
    }


def _body(kind: Any, schemas: _Schemas) -> dict[str, Any]:
    if kind is None:  # a sequence of values has no schema in OpenAPI 3.1
        return {"schema": {"type": "string", "description": "One record a line."}}
    return {"schema": schemas.of(kind)}


def _answer(status: HTTPStatus, kind: Any, schemas: _Schemas) -> dict[str, Any]:
    answer: dict[str, Any] = {"description": status.phrase}
    if kind is not None:
        answer["content"] = {_JSON: {"schema": schemas.of(kind)}}
    return answer


def _refusals(problems: Iterable[Problem], schemas: _Schemas) -> dict[str, Any]:
    by_status: dict[HTTPStatus, list[Problem]] = {}
    for problem in dict.fromkeys(problems):
        by_status.setdefault(MEANINGS[problem].status, []).append(problem)
    return {
        str(int(status)): _refusal(status, found, schemas)
        for status, found in sorted(by_status.items())
    }


def _refusal(status: HTTPStatus, problems: Sequence[Problem], schemas: _Schemas) -> dict[str, Any]:
    lines = (f"`{one.value}`: {MEANINGS[one].title} {MEANINGS[one].detail}" for one in problems)
    reasons = {"properties": {"reason": {"enum": [one.value for one in problems]}}}
    schema = {"allOf": [schemas.of(ProblemDetails), reasons]}
    refusal: dict[str, Any] = {
        "description": "\n\n".join(lines),
        "content": {CONTENT_TYPE: {"schema": schema}},
    }
    if status in _HEADERS:
        refusal["headers"] = {
            name: {"description": says, "schema": {"type": "string"}}
            for name, says in _HEADERS[status].items()
        }
    return refusal
