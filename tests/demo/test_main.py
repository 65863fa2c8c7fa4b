"""What the demonstration's command sets up before its steps."""

from __future__ import annotations

import pytest
from requests.utils import get_environ_proxies

from demo.__main__ import spare_loopback


@pytest.mark.parametrize("others", ["", "example.com"])
def test_a_proxy_is_not_asked_for_our_own_servers(
    monkeypatch: pytest.MonkeyPatch, others: str
) -> None:
    environment = {"no_proxy": others} if others else {}
    spare_loopback(environment)
    monkeypatch.setenv("http_proxy", "http://proxy.example.com:3128")
    monkeypatch.setenv("no_proxy", others)
    assert get_environ_proxies("http://127.0.0.1:9090/")
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert not get_environ_proxies("http://127.0.0.1:9090/")
    assert get_environ_proxies("http://elsewhere.org/")
    assert bool(get_environ_proxies("http://example.com/")) == (not others)
