"""Where messages may go: public push services alone."""

from __future__ import annotations

import ipaddress

import pytest

from perfanalysis.errors import InputError
from portal.pushing.addresses import AddressRules, ForbiddenAddressError

PUBLIC, ANYWHERE = AddressRules(), AddressRules(anywhere=True)


@pytest.mark.parametrize(
    "url",
    [
        "https://fcm.googleapis.com/fcm/send/abc:def",
        "https://updates.push.services.mozilla.com/wpush/v2/gAAA?x=1",
        "https://web.push.apple.com:443/Q",
        "https://[2606:4700::1111]/x",
    ],
)
def test_push_services(url: str) -> None:
    assert PUBLIC.check(url, "x") == url


@pytest.mark.parametrize(
    "url",
    [
        "http://push.example.com/x",
        "https://push.example.com:8443/x",
        "https://user:word@push.example.com/x",
        "https://push.example.com\\@10.0.0.1/x",
        "https://push.example.com/a b",
        "https://push.example.com/\n",
        "https://push.example.com/#x",
        "https://pusch.example.com/ü",
        "https://",
        "https://[::1/x",
        "file:///etc/hostname",
        "nonsense",
        "https://push.example.com/" + "x" * 1000,
        "https://127.0.0.1/x",
        "https://127.1/x",
        "https://2130706433/x",
        "https://0x7f000001/x",
        "https://10.0.0.7/x",
        "https://169.254.169.254/latest",
        "https://100.64.0.1/x",
        "https://[::1]/x",
        "https://[fd00::1]/x",
        "https://[::ffff:10.0.0.1]/x",
        "https://[64:ff9b::a00:1]/x",
        "https://[2002:a00:1::]/x",
        "https://224.0.0.1/x",
        "https://0.0.0.0/x",
    ],
)
def test_what_is_none(url: str) -> None:
    with pytest.raises(InputError) as raised:
        PUBLIC.check(url, "request: endpoint")
    assert url == "https://" or url not in str(raised.value)


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/x", "https://10.0.0.1/x", "http://push/x"])
def test_anywhere(url: str) -> None:
    assert ANYWHERE.check(url, "x") == url
    with pytest.raises(InputError):
        ANYWHERE.check("ftp://x/y", "x")


def test_a_name_that_leads_within_is_not_connected_to() -> None:
    with pytest.raises(ForbiddenAddressError):
        PUBLIC.resolve("localhost", 443)
    assert ANYWHERE.resolve("localhost", 443) in {"127.0.0.1", "::1"}
    assert PUBLIC.permits(ipaddress.ip_address("8.8.8.8"))
