"""One probe by an order: the URL or its controls, with a GET where the order says so."""

from probe_bench import OWN
from web_server import answers, response, web_server

from schemas.closed_lists import Target

SECRET = "s3cretpath"


async def test_controls_are_probed_beside_the_url(bench) -> None:
    """Random path and root of the same host, in observations of their own."""
    it = bench()
    async with web_server(answers(response(404)), host=OWN) as server:
        url = f"http://one.example:{server.port}/a/{SECRET}.png"
        orders = [it.order(url, target=one) for one in (Target.ROOT, Target.MADE_UP_PATH)]
        seen = await it.settle(*orders)
    paths = {request.split(" ")[1] for request in server.requests}
    assert "/" in paths
    assert all(SECRET not in path for path in paths)
    assert any(path.startswith("/a/") and path.endswith(".png") for path in paths)
    assert {one.target for one in seen} == {Target.ROOT, Target.MADE_UP_PATH}
    assert it.tray.attributions == []


async def test_an_order_can_have_a_get_comparison(bench) -> None:
    """HEAD and GET go out in one turn and both count for politeness; the root is asked once."""
    it = bench()
    async with web_server(answers(response(404), response(206)), host=OWN) as server:
        url = f"http://one.example:{server.port}/x"
        (seen,) = await it.settle(it.order(url, cross_check=True))
        (root,) = await it.settle(it.order(url, target=Target.ROOT, cross_check=True))
    assert [request.split()[0] for request in server.requests] == ["HEAD", "GET", "HEAD"]
    assert (seen.facts.status, seen.facts.head_status, seen.facts.requests) == (206, 404, 2)
    assert (root.facts.head_status, root.facts.requests) == (0, 1)
