"""What is written of a probe: one fact, by the order that it carries out."""

from probe_bench import OWN
from web_server import answers, response, web_server

from schemas.closed_lists import Target

SECRET = "s3cretpath"


async def test_a_probe_is_one_fact(bench) -> None:
    """The observation says what was seen, when, from where, and holds nothing readable."""
    it = bench()
    async with web_server(answers(response(200, "Content-Type: image/png")), host=OWN) as server:
        order = it.order(f"http://one.example:{server.port}/{SECRET}.png")
        (seen,) = await it.settle(order)
    assert (seen.order_id, seen.case_id, seen.url_key) == ("order-1", "case", order.url_key)
    assert (seen.vantage, seen.target, seen.slot_at) == ("north", Target.URL, order.slot_at)
    assert (seen.asked, seen.canary_ok, seen.announced) == (("north", "south"), True, True)
    assert order.not_before <= seen.sent_at <= seen.done_at
    assert (seen.hosters, seen.nxdomain, seen.old_address) == (("rack",), False, False)
    assert seen.address_key == it.keys.hash("address", OWN)
    assert (seen.facts.status, seen.facts.type, seen.facts.requests) == (200, "image/png", 1)
    assert "User-Agent: hostwatch/1 (+mailto:" in server.requests[0]
    (sends,) = it.tray.lists
    assert {(send.topic, send.key) for send in sends} == {("facts.v1", order.url_key.encode())}
    for send in sends:
        assert SECRET.encode() not in send.value
        assert b"one.example" not in send.value
        assert OWN.encode() not in send.value


async def test_a_copy_out_of_a_cache_is_compared_unordered(bench) -> None:
    """An answer to HEAD that says a cache gave it brings its GET; a root's brings none."""
    it = bench()
    kept = response(200, "X-Cache: HIT")
    async with web_server(answers(kept, response(404), kept, kept), host=OWN) as server:
        url = f"http://one.example:{server.port}/x"
        (seen,) = await it.settle(it.order(url))
        (root,) = await it.settle(it.order(url, target=Target.ROOT))
    assert [request.split()[0] for request in server.requests] == ["HEAD", "GET", "HEAD"]
    assert (seen.facts.status, seen.facts.head_status, seen.facts.requests) == (404, 200, 2)
    assert (root.facts.head_status, root.facts.requests) == (0, 1)
