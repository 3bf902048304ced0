"""Laws of what a route says of itself."""

from serving_intake import FakeOutbox

from agents.edges.intake_http.intake_server import IntakeServer
from agents.http_settings import IntakeSettings


def test_each_path_parameter_of_a_route_is_described_and_each_name_is_its_own(tmp_path):
    """A generated client has a function for each operation, with the arguments of its path."""
    server = IntakeServer(IntakeSettings(keys_file=tmp_path / "keys"), FakeOutbox(), {})
    described = [(route.path, route.description) for route in server.routes() if route.description]
    ids = [description.id for _, description in described]
    assert len(ids) == len({*ids}) >= 3
    for path, description in described:
        named = {one.name for one in description.parameters if one.where == "path"}
        assert named == {part[1:-1] for part in path.split("/") if part.startswith("{")}
