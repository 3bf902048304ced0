"""Laws of the description of the API."""

import msgspec
import pytest
from aiohttp import ClientSession, ClientTimeout
from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012
from serving_intake import JSON, KEY, NDJSON, RECORD, Serving, serving

from agents.edges.intake_http.problems import Problem
from schemas.codec import HOTLINE
from schemas.contract import schema
from streams.intake.record_check import Inadmissible

UNDESCRIBED = {("get", "/healthz")}
"""For Prometheus and for what starts containers: no part of the API."""

ROOT = "urn:openapi"


@pytest.fixture
async def at(tmp_path):
    async with serving(tmp_path) as running:
        yield running


async def asked(at: Serving, path: str, method: str = "GET", **given):
    """Return status, content type and JSON of an answer."""
    url = f"http://127.0.0.1:{at.intake_server.port}{path}"
    async with (
        ClientSession(timeout=ClientTimeout(total=60)) as session,
        session.request(method, url, **given) as answer,
    ):
        return answer.status, answer.content_type, msgspec.json.decode(await answer.read())


async def description(at: Serving) -> dict:
    """Return the description that the server gives."""
    status, kind, document = await asked(at, "/v1/openapi.json")
    assert (status, kind) == (200, "application/json")
    return document


def validator(document: dict, *path: str) -> Draft202012Validator:
    """Return what checks values against a schema of the document."""
    resource = Resource.from_contents(document, default_specification=DRAFT202012)
    pointer = "/".join(part.replace("~", "~0").replace("/", "~1") for part in path)
    return Draft202012Validator(
        {"$ref": f"{ROOT}#/{pointer}"},
        registry=Registry().with_resource(ROOT, resource),
        format_checker=Draft202012Validator.FORMAT_CHECKER,
    )


async def test_every_route_is_described_and_no_other(at):
    """Whoever adds a route describes it; what the document names is there."""
    document = await description(at)
    described = {(method, path) for path, item in document["paths"].items() for method in item}
    served = {(route.method.lower(), route.path) for route in at.intake_server.routes()}
    assert described == served - UNDESCRIBED


async def test_schemas_of_records_are_those_of_the_contract(at):
    """Nobody keeps a second one by hand; this door refuses fields that the record has not."""
    document = await description(at)
    ours = document["components"]["schemas"]
    contract = msgspec.json.decode(schema("hotline", HOTLINE))["$defs"]
    for name, theirs in contract.items():
        assert ours[name].get("enum") == theirs.get("enum")
        assert ours[name].get("required") == theirs.get("required")
        for field, said in theirs.get("properties", {}).items():
            mine = dict(ours[name]["properties"][field])
            mine.pop("description", None)
            text = msgspec.json.encode(mine).replace(b"#/components/schemas/", b"#/$defs/")
            assert msgspec.json.decode(text) == said
        if "properties" in theirs:
            assert ours[name]["additionalProperties"] is False
    for part in ours.values():
        Draft202012Validator.check_schema(part)


async def test_every_field_of_a_record_is_told(at):
    """A developer reads what a field means where its type stands."""
    document = await description(at)
    for name in ("Report", "Notice", "Check", "RecordError", "StoredRecord"):
        for field, said in document["components"]["schemas"][name]["properties"].items():
            assert said.get("description") or field == "type", (name, field)


async def test_reasons_are_the_closed_lists(at):
    """Those of requests and of records."""
    ours = (await description(at))["components"]["schemas"]
    assert set(ours["Problem"]["enum"]) == {*Problem}
    assert set(ours["Inadmissible"]["enum"]) == {*Inadmissible}


@pytest.mark.parametrize(
    ("body", "kind", "key", "status"),
    [
        (RECORD, JSON, KEY, 202),
        (RECORD, NDJSON, KEY, 202),
        (RECORD[:-1], NDJSON, KEY, 422),
        (b"", JSON, KEY, 422),
        (b"[", JSON, KEY, 400),
        (RECORD, "text/csv", KEY, 415),
        (RECORD, JSON, "", 401),
        (b"\n".join([RECORD] * 1_001), NDJSON, KEY, 413),
    ],
)
async def test_answers_are_as_described(at, body, kind, key, status):
    """The server's own answers fit the schemas that its description gives for them."""
    document = await description(at)
    headers = {"Authorization": f"Bearer {key}", "Content-Type": kind}
    got, content_type, value = await asked(at, "/v1/records", "POST", data=body, headers=headers)
    assert got == status
    place = ("paths", "/v1/records", "post", "responses", str(status), "content", content_type)
    validator(document, *place, "schema").validate(value)
