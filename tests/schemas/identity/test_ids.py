"""Identity: the canonical URL, the keys derived from it, and the partition they fall into."""

import hashlib
import hmac

import pytest
from aiokafka.partitioner import murmur2
from hypothesis import given, settings
from hypothesis import strategies as st
from law_examples import examples

from schemas.closed_lists import Role, Target
from schemas.identity import ids

KEY = b"key of the tests"

CANONICAL = [
    ("https://example.org", "example.org/"),
    ("http://example.org/", "example.org/"),
    ("HTTPS://EXAMPLE.org/A", "example.org/A"),
    ("https://example.org:443/a", "example.org/a"),
    ("http://example.org:80/a", "example.org/a"),
    ("http://example.org:443/a", "example.org:443/a"),
    ("http://example.org:8080/a", "example.org:8080/a"),
    ("https://example.org./a", "example.org/a"),
    ("https://example.org/a/./b/../c", "example.org/a/c"),
    ("https://example.org/a/%2e%2e/c", "example.org/c"),
    ("https://example.org/a#part", "example.org/a"),
    ("https://user:word@example.org/a", "example.org/a"),
    ("https://bücher.example.org/", "xn--bcher-kva.example.org/"),
    ("https://BÜCHER.example.org/", "xn--bcher-kva.example.org/"),
    ("https://example.org/%7Ea%2fb", "example.org/~a%2Fb"),
    ("https://example.org/ä", "example.org/%C3%A4"),
    ("https://example.org/?a=1&b=%41", "example.org/?a=1&b=A"),
    ("  https://example.org/a\n", "example.org/a"),
    ("https:\\\\example.org\\a", "example.org/a"),
    ("http://192.0.2.10/x", "192.0.2.10/x"),
    ("http://3221225994/x", "192.0.2.10/x"),
    ("http://0xC000020A/x", "192.0.2.10/x"),
    ("http://0300.0.02.012/x", "192.0.2.10/x"),
    ("http://192.0.522/x", "192.0.2.10/x"),
    ("http://[2001:DB8:0:0::1]:8080/x", "[2001:db8::1]:8080/x"),
    ("https://example.org../a", "example.org/a"),
    ("https://example.org/%%34%31?%4%31&%2f", "example.org/%%34%31?%4%31&%2F"),
]


@pytest.mark.parametrize(("url", "text"), CANONICAL)
def test_spellings_of_one_address_have_one_canonical_form(url: str, text: str) -> None:
    """Spellings of one address have one canonical form, different addresses keep theirs."""
    assert ids.canonical(url).text == text


@pytest.mark.parametrize("url", [url for url, _ in CANONICAL])
def test_canonical_form_is_its_own(url: str) -> None:
    """Canonicalising a canonical form again, under its scheme, changes nothing."""
    once = ids.canonical(url)
    assert ids.canonical(f"{once.scheme}://{once.text}") == once


@given(
    st.text(alphabet="abcXYZ019-", min_size=1, max_size=12).map(
        lambda name: f"a{name}z.example.org"
    ),
    st.text(max_size=20),
    st.text(max_size=20),
)
def test_canonical_form_is_stable_for_any_path(host: str, path: str, query: str) -> None:
    """For any text as path and query, a second pass changes nothing."""
    try:
        once = ids.canonical(f"https://{host}/{path}?{query}")
    except ids.BadUrl:
        return
    assert ids.canonical(f"https://{once.text}") == once


@pytest.mark.parametrize(
    "url",
    [
        "http://192.0.2.10:8080/bins/arm7",
        "https://a_b.example.org/a/b.sh?c=d&e",
        "http://example.org",
        "http://example.org?a",
    ],
)
def test_common_urls_are_not_parsed(url: str) -> None:
    """The fast path takes the forms that most reports have, or it would be of no use."""
    assert ids._plain(url) is not None


_HOSTS = ["a.example", "a_b.c-d.example", "192.0.2.1", "192.0.2.256", "192.0.02.1", "1.2.3.4.5"]
_HOSTS += ["a.0x1", "a.1b", "a", "A.example", "a..example", "a.example.", "-a.example", "[::1]"]
_HOSTS += [
    "xn--bcher-kva.example",
    "xn--a.example",
    "xn--.example",
    "u@a.example",
    "b\u00fc.example",
]
_PORTS = ["", ":", ":80", ":443", ":8080", ":0", ":080", ":65535", ":65536", ":99999"]
_CLEAN = ["", "a", "/b.c", "-~", "x=1&y"]
_PIECES = _CLEAN + list("Z0._!$&'()*+,;:@?#%|^[]{}<>`\"\\ \t\n\u00e4")
_PIECES += ["/.", "/..", "/./", "%41", "%2e", "%2F", "%2f"]
_TAILS = st.tuples(*map(st.sampled_from, (_CLEAN, _PIECES, _CLEAN))).map("".join)
_URLS = st.one_of(
    st.sampled_from(["HTTP://a.example/", "http:/a.example", "https:a.example", "ftp://a.example"]),
    st.sampled_from(_HOSTS).map("http://{}/a".format),
    st.tuples(st.sampled_from(["http", "https"]), st.sampled_from(_PORTS)).map(
        lambda found: f"{found[0]}://192.0.2.1{found[1]}/a"
    ),
    _TAILS.map("http://a.example/{}".format),
    _TAILS.map("http://a.example?{}".format),
    st.tuples(_TAILS, _TAILS).map(lambda found: f"https://a.example:81/{found[0]}?{found[1]}"),
)


@given(_URLS)
@settings(max_examples=examples(1_000))
def test_the_plain_pattern_says_what_the_parser_says(url: str) -> None:
    """A URL is taken for canonical only if parsing it changes nothing."""
    plain = ids._plain(url)
    assert plain is None or plain == ids._parsed(url)


def test_http_and_https_forms_share_a_url_key() -> None:
    """The http and https forms of a URL have the same url_key."""
    plain, secure = ids.canonical("http://example.org/a"), ids.canonical("https://example.org/a")
    assert ids.url_key(KEY, plain) == ids.url_key(KEY, secure)
    assert (plain.scheme, secure.scheme) == ("http", "https")


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.org/a",
        "ftp://example.org/",
        "https://",
        "javascript:alert(1)",
        "http://1.2.3.4.5/",
        "http://example.org:0/",
        "https://192.0.2.10:0/a",
        "http://192.0.2..",
        "http://192.0.2.10../a",
        "http://0x7f.1.../",
    ],
)
def test_no_url_is_refused_without_its_text(url: str) -> None:
    """What is no http(s) URL with a host is refused, and the message does not show it."""
    with pytest.raises(ids.BadUrl) as refused:
        ids.canonical(url)
    assert str(refused.value) in {"not a URL", "not http or https", "no host", "port 0"}


def test_a_canonical_url_does_not_print_itself() -> None:
    """A repr in a log or a traceback shows neither host nor path."""
    shown = repr(ids.canonical("https://example.org:8080/secret?word=1"))
    assert not any(word in shown for word in ("example", "secret", "word", "8080"))


@pytest.mark.parametrize(
    ("url", "literal"),
    [("http://192.0.2.10/", True), ("http://[2001:db8::1]/", True), ("http://example.org/", False)],
)
def test_literal_addresses_are_told(url: str, literal: bool) -> None:
    """A URL whose host is an address is marked, so that nobody resolves it."""
    assert ids.canonical(url).literal is literal


def test_identities_are_what_they_were() -> None:
    """Ids are fixed for the life of a ledger: these values may never change."""
    key = ids.url_key(KEY, ids.canonical("https://example.org/a?b=c"))
    case = ids.case_id(key, "example-group", Role.HOSTING, 0)
    order = ids.order_id(case, 1_772_971_200_000, "local", Target.URL)
    assert key == "fa5e833dfe291879591970b0db2022d6"
    assert case == "3e12ab9556f9615860a19677"
    assert order == "3fa3d417b17ae5468fa475c3"
    assert ids.fraction("seed", key) == 0.3044064265811458


def test_purposes_and_keys_keep_hashes_apart() -> None:
    """The same text under another purpose or another key has another hash."""
    hashes = {ids.keyed_hash(key, use, "x") for key in (KEY, KEY[::-1]) for use in ("url", "etag")}
    assert len(hashes) == 4


@given(st.binary(min_size=1, max_size=130), st.text(), st.text())
def test_keyed_hashes_are_hmac(key: bytes, purpose: str, text: str) -> None:
    """A keyed hash is the HMAC-SHA-256 that any other program makes, for keys of any length."""
    message = f"{purpose}\x00{text}".encode()
    expected = hmac.new(key, message, "sha256").hexdigest()[: ids.KEY_HEX_LENGTH]
    hashed = ids.KeyedHash(key)
    assert [hashed(purpose, text) for _ in range(2)] == [expected] * 2


@given(st.text(), st.integers(), st.lists(st.tuples(st.text(), st.sampled_from(Target))))
def test_orders_of_a_slot_have_the_ids_of_each_by_itself(
    case: str, slot_at: int, probes: list[tuple[str, Target]]
) -> None:
    """Made together, ids are the hashes of their own parts, whatever stands beside them."""
    texts = ["\x00".join(("order", case, str(slot_at), v, t.value)) for v, t in probes]
    expected = [hashlib.blake2b(text.encode(), digest_size=12).hexdigest() for text in texts]
    assert ids.order_ids(case, slot_at, [ids.probe_name(v, t) for v, t in probes]) == expected


def test_every_part_of_a_case_tells() -> None:
    """Another URL, group, role or ordinal is another case, and parts do not run together."""
    cases = {
        ids.case_id("a", "b", Role.HOSTING, 0),
        ids.case_id("ab", "", Role.HOSTING, 0),
        ids.case_id("a", "c", Role.HOSTING, 0),
        ids.case_id("a", "b", Role.PROXY, 0),
        ids.case_id("a", "b", Role.HOSTING, 1),
    }
    assert len(cases) == 5


@given(st.text(), st.integers())
def test_fractions_lie_in_the_unit_interval(text: str, number: int) -> None:
    """A fraction is at least 0 and below 1."""
    assert 0 <= ids.fraction(text, number) < 1


@given(st.binary(max_size=140), st.integers(1, 256))
def test_partitions_are_those_of_the_java_client(key: bytes, partitions: int) -> None:
    """A key falls into the partition that Kafka's own murmur2 gives, signs and tails included."""
    assert ids.partition_of(key, partitions) == (murmur2(key) & 0x7FFFFFFF) % partitions
