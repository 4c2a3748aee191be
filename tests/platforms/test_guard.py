"""Which addresses count as public, and which may be called at all."""

import pytest

from platforms.base import ConnectorError
from platforms.guard import is_public, server_address, target

NONE = frozenset[str]()


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0", "0.1.2.3", "10.1.2.3", "100.64.0.1", "127.0.0.1", "127.9.9.9", "169.254.169.254",  # noqa: S104
        "172.16.0.1",
        "172.31.255.255", "192.0.0.1", "192.0.2.1", "192.88.99.1", "192.168.1.1", "198.18.0.1", "198.51.100.1",
        "203.0.113.1", "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255",
        "::", "::1", "::7f00:1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a00:1",
        "64:ff9b:1::1", "100::1", "2001::1", "2001:db8::1", "2002:7f00:1::1", "3fff::1", "5f00::1", "fc00::1",
        "fd12:3456::1", "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1", "localhost", "", "8.8.8", "0x7f.1",
    ],
)  # fmt: skip
def test_what_is_not_public(address):
    assert not is_public(address)


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "1.1.1.1", "172.32.0.1", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"]
)
def test_what_is_public(address):
    assert is_public(address)


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://mastodon.example/", "plain_http"),
        ("ftp://mastodon.example/", "bad_address"),
        ("file:///etc/passwd", "bad_address"),
        ("https://user:word@mastodon.example/", "bad_address"),
        ("https://user@mastodon.example/", "bad_address"),
        ("https:///path", "bad_address"),
        ("https://mastodon.example:22/", "bad_address"),
        ("https://mastodon.example:99999/", "bad_address"),
        ("https://mastodon.example:x/", "bad_address"),
        ("https://ex ample/", "bad_address"),
        ("https://evil.example\\@mastodon.example/", "bad_address"),
        ("https://[::1/", "bad_address"),
        ("https://[fe80::1%25eth0]/", "bad_address"),
        ("//mastodon.example/", "bad_address"),
        ("mastodon.example", "bad_address"),
    ],
)
def test_addresses_that_are_never_called(url, code):
    with pytest.raises(ConnectorError, match=code):
        target(url, NONE)


def test_what_an_address_means():
    found = target("https://Bücher.Example:8443/a?b=c#d", NONE)
    assert (found.host, found.port, found.path, found.internal) == ("xn--bcher-kva.example", 8443, "/a?b=c", False)
    assert found.host_header == "xn--bcher-kva.example:8443"
    assert target("https://mastodon.example", NONE).host_header == "mastodon.example"
    assert target("https://[2606:4700::1111]/", NONE).host_header == "[2606:4700::1111]"
    own = target("http://localhost:4800/x", frozenset({"localhost:4800"}))
    assert own.internal
    assert own.host_header == "localhost:4800"


@pytest.mark.parametrize(
    "typed",
    ["mastodon.social", " Mastodon.Social/ ", "https://mastodon.social/@someone", "https://mastodon.social:443"],
)
def test_people_type_servers_in_many_ways(typed):
    assert server_address(typed) == "https://mastodon.social"


def test_a_server_keeps_its_port_and_scheme():
    assert server_address("http://localhost:4800/mastodon/") == "http://localhost:4800/mastodon"
    assert server_address("[2606:4700::1111]:8443") == "https://[2606:4700::1111]:8443"
    for typed in ("", "https://", "ftp://x.example", "https://me:pw@x.example"):
        with pytest.raises(ConnectorError, match="bad_address"):
            server_address(typed)
