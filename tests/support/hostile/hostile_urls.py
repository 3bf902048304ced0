"""URLs that try to lead a prober inside, from a seed: addresses of every kind in every spelling.

The denied networks stand here a second time. They are written down from the IANA special-purpose
registries and not taken from the gate, so that a hole in its tables is seen.
"""

import random
from ipaddress import IPv4Address, IPv6Address, ip_network

DENIED = tuple(
    ip_network(text)
    for text in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16",
        "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24",
        "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24", "198.18.0.0/15",
        "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/3", "168.63.129.16/32",
        "::/3", "2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20",
        "4000::/2", "8000::/1",
    )
)  # networks, a few a line # fmt: skip

SECRETS = ("169.254.169.254", "100.100.100.200", "192.0.0.192", "168.63.129.16", "127.0.0.1")
"""Where clouds serve secrets, and the machine itself: asked for more often than chance would."""


def is_denied(address: IPv4Address | IPv6Address) -> bool:
    """Return whether no packet may go to an address; a mapped one is the IPv4 address."""
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return any((mapped or address) in network for network in DENIED)


def denied_v4(chance: random.Random) -> IPv4Address:
    """Return a denied IPv4 address; every network is as likely as the others."""
    if chance.random() < 0.2:
        return IPv4Address(chance.choice(SECRETS))
    network = chance.choice([one for one in DENIED if one.version == 4])
    return IPv4Address(chance.randint(int(network[0]), int(network[-1])))


def denied_v6(chance: random.Random) -> IPv6Address:
    """Return a denied IPv6 address, often one with an IPv4 address inside."""
    inside = int(denied_v4(chance))
    network = chance.choice([one for one in DENIED if one.version == 6])
    number = chance.choice(
        (
            0xFFFF << 32 | inside,  # mapped
            inside,  # compatible
            0x64FF9B << 96 | inside,  # NAT64
            0x64FF9B0001 << 80 | inside,  # NAT64 of one network
            0x2002 << 112 | inside << 80,  # 6to4
            0x20010000 << 96 | inside,  # Teredo
            chance.randint(int(network[0]), int(network[-1])),
        )
    )
    return IPv6Address(number)


def public(chance: random.Random) -> IPv4Address | IPv6Address:
    """Return an address that a probe may connect to."""
    while True:
        six = chance.random() < 0.3
        found = (
            IPv6Address(chance.randint(0x2 << 124, (0x4 << 124) - 1))
            if six
            else IPv4Address(chance.getrandbits(32))
        )
        if not is_denied(found):
            return found


def _wide(text: str) -> str:
    return text.translate({ord("0") + digit: 0xFF10 + digit for digit in range(10)})


def _escaped(text: str) -> str:
    return "".join(f"%{ord(one):02x}" for one in text)


def spelled(address: IPv4Address | IPv6Address, chance: random.Random) -> str:
    """Return an address as the host of a URL, in a spelling that browsers read."""
    if isinstance(address, IPv6Address):
        mapped = address.ipv4_mapped
        plain = chance.choice((str(address), address.exploded.upper()))
        return f"[{plain}]" if mapped is None or chance.random() < 0.5 else f"[::ffff:{mapped}]"
    number, parts = int(address), address.packed
    dotted = str(address)
    return chance.choice(
        (
            dotted,
            f"{dotted}.",
            str(number),
            hex(number),
            f"0{number:o}",
            _wide(dotted),
            _escaped(dotted),
            dotted.replace(".", "\u3002"),
            ".".join(f"0{part:o}" for part in parts),
            ".".join(hex(part) for part in parts),
            f"{parts[0]}.{number & 0xFFFFFF}",
            f"{parts[0]}.{parts[1]}.{number & 0xFFFF}",
            f"0x{parts[0]:x}.0{parts[1]:o}.{number & 0xFFFF}",
        )
    )


def location(chance: random.Random) -> str:
    """Return where a server of evil intent redirects to."""
    kind = chance.random()
    if kind < 0.35:
        host = spelled(denied_v4(chance), chance)
    elif kind < 0.6:
        host = spelled(denied_v6(chance), chance)
    elif kind < 0.8:
        host = name(chance)
    else:
        host = spelled(public(chance), chance)
    scheme = chance.choice(("http:", "http:", "HTTP:", ""))
    port = chance.choice(("", "", "", ":80", ":22", ":6379"))
    return f"{scheme}//{chance.choice(('', 'x@'))}{host}{port}/{chance.randrange(9)}"


NAMES = ("inside", "mixed", "rebinding", "alias", "open")


def name(chance: random.Random) -> str:
    """Return a name; its first part says how the name server treats it."""
    return f"{chance.choice(NAMES)}.{chance.randrange(1 << 30):x}.example"


def url(chance: random.Random) -> str:
    """Return a reported URL: four of five spell a denied address, the others lead there."""
    kind = chance.random()
    if kind < 0.5:
        host = spelled(denied_v4(chance), chance)
    elif kind < 0.8:
        host = spelled(denied_v6(chance), chance)
    elif kind < 0.9:
        host = spelled(public(chance), chance)
    else:
        host = name(chance)
    port = chance.choice(("", "", "", "", ":80", ":8080", ":22"))
    scheme = chance.choice(("http", "http", "http", "https"))
    return f"{scheme}://{chance.choice(('', 'u:p@'))}{host}{port}/{chance.randrange(1 << 20):x}"
