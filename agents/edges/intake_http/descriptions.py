"""What a route says of itself for the description of the API (`openapi.py`)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Literal, NamedTuple

from agents.edges.intake_http.problems import Problem


class Parameter(NamedTuple):
    """A parameter of an operation.

    Attributes:
        name: as it stands in the path or the query.
        where: which of them.
        kind: its type, of which the schema is made.
        summary: what it is, as a sentence.
    """

    name: str
    where: Literal["path", "query"]
    kind: Any
    summary: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """An operation, for those who write programs that use it.

    Attributes:
        id: names it for generated clients, such as `postRecords`.
        summary: what it does, as a sentence.
        answers: the type of the JSON body by status; None = the answer has none.
        problems: refusals it may give, beside those of every operation behind a key.
        parameters: of path and query.
        body: the type of the body by content type; None = lines of JSON.
    """

    id: str
    summary: str
    answers: Mapping[HTTPStatus, Any]
    problems: tuple[Problem, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    body: Mapping[str, Any] = field(default_factory=dict)
