"""What a request line names."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter.serving.targets import read_target


@pytest.mark.parametrize(
    ("method", "target", "expected"),
    [
        ("GET", b"/metrics", ("/metrics", "")),
        ("GET", b"/metrics?", ("/metrics", "")),
        ("GET", b"/metrics?a=%62&c", ("/metrics", "a=%62&c")),
        ("GET", b"/%6detrics", ("/metrics", "")),
        ("GET", b"/a%2fb/%2F", ("/a%2Fb/%2F", "")),
        ("GET", b"/%C3%A9?%zz", ("/\u00e9", "%zz")),
        ("GET", b"/100%25", ("/100%", "")),
        ("GET", b"http://a", ("/", "")),
        ("GET", b"http://a?b=c", ("/", "b=c")),
        ("GET", b"HTTPS://[::1]:9100/metrics?b=c", ("/metrics", "b=c")),
        ("OPTIONS", b"*", ("*", "")),
        ("CONNECT", b"a:80", ("a:80", "")),
    ],
)
def test_targets(method: str, target: bytes, expected: tuple[str, str]) -> None:
    assert read_target(method, target) == expected


@pytest.mark.parametrize(
    "target", [b"", b"*", b"metrics", b"a:80", b"http:///metrics", b"/%", b"/%a", b"/%g0", b"//%"]
)
def test_what_names_nothing(target: bytes) -> None:
    with pytest.raises(ValueError, match="expected"):
        read_target("GET", target)


@given(st.text(st.characters(codec="utf-8", exclude_characters="/"), max_size=20))
def test_an_encoded_path_is_the_path(name: str) -> None:
    assert read_target("GET", f"/{quote(name)}".encode()) == (f"/{name}", "")
