"""What --web.listen-address can say."""

from __future__ import annotations

import pytest

from exporter.serving.addresses import Address, TcpAddress, UnixAddress, parse_address
from perfanalysis.errors import InputError


@pytest.mark.parametrize(
    ("text", "address"),
    [
        (":9100", TcpAddress("", 9100)),
        ("127.0.0.1:0", TcpAddress("127.0.0.1", 0)),
        ("localhost:9100", TcpAddress("localhost", 9100)),
        ("[::1]:9100", TcpAddress("::1", 9100)),
        ("[fe80::1%eth0]:9100", TcpAddress("fe80::1%eth0", 9100)),
        ("[::]:9100", TcpAddress("::", 9100)),
        ("unix:/run/exporter.sock", UnixAddress("/run/exporter.sock")),
        ("unix:///run/exporter.sock", UnixAddress("/run/exporter.sock")),
    ],
)
def test_addresses(text: str, address: Address) -> None:
    assert parse_address(text) == address


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "HOST:PORT or unix:/path"),
        ("9100", "HOST:PORT or unix:/path"),
        ("localhost:", "HOST:PORT with a port from 0 to 65535"),
        ("localhost:http", "HOST:PORT with a port from 0 to 65535"),
        ("localhost:65536", "HOST:PORT with a port from 0 to 65535, found 'localhost:65536'"),
        ("localhost:-1", "HOST:PORT with a port from 0 to 65535"),
        ("localhost:" + "1" * 5000, "HOST:PORT with a port from 0 to 65535"),
        ("localhost:\u0661", "HOST:PORT with a port from 0 to 65535"),
        ("::1:9100", "brackets"),
        ("[::1:9100", "brackets"),
        ("unix:run.sock", "an absolute path"),
        ("unix:/run/", "an absolute path"),
        ("unix:@abstract", "an absolute path"),
        ("unix:/" + "a" * 107, "107 bytes"),
    ],
)
def test_what_is_no_address(text: str, expected: str) -> None:
    with pytest.raises(InputError, match=r"--web\.listen-address: expected ") as caught:
        parse_address(text)
    assert expected in str(caught.value)
