"""By which names a hoster is known at each URL, on a real broker."""

from desk_ledger import URL_KEY, desk_ledger, rename

from agents.tools.owner_names import names_by_url


async def test_a_hoster_is_known_by_every_name_it_had_where_it_has_a_case(
    bootstrap, tmp_path
) -> None:
    """At each URL by its own; a hoster without a case is known nowhere."""
    async with desk_ledger(bootstrap, tmp_path) as desk:
        settings = desk.ledger.settings
        acme = await names_by_url(settings, "acme")
        assert acme[URL_KEY] == {"acme"}
        await rename(desk, "nova")
        assert await names_by_url(settings, "nova") == {URL_KEY: {"nova", "acme"}}
        assert (await names_by_url(settings, "acme")).keys() == acme.keys() - {URL_KEY}
        assert await names_by_url(settings, "nobody") == {}
