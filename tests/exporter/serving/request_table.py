"""Requests as clients send them, good and bad, and the statuses of what comes back.

``LAST`` goes behind each of them: where its status is missing, the connection had ended before.
"""

from __future__ import annotations

from typing import NamedTuple

LAST = b"GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
EXPECTING = b"POST /-/reload HTTP/1.1\r\nHost: a\r\nExpect: 100-Continue\r\n"
METRICS = b"GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n"


class Row(NamedTuple):
    """What is sent, our statuses, and node_exporter's where they are others, with the reason."""

    data: bytes
    ours: list[int]
    theirs: list[int] | None = None
    reason: str = ""


def get(target: bytes, headers: bytes = b"Host: a\r\n", version: bytes = b"HTTP/1.1") -> bytes:
    """A request without a body."""
    return b"GET " + target + b" " + version + b"\r\n" + headers + b"\r\n"


TARGETS = {
    "plain": Row(METRICS, [200, 200]),
    "absolute": Row(get(b"http://a/metrics"), [200, 200]),
    "absolute, other host": Row(get(b"http://other.example:1/metrics"), [200, 200]),
    "absolute, capitals": Row(get(b"HTTP://A/metrics"), [200, 200]),
    "absolute, https": Row(get(b"https://a:443/metrics"), [200, 200]),
    "absolute, no path": Row(
        get(b"http://a"), [200, 200], [307, 200], "RFC 9110, section 4.2.3: an empty path is `/`."
    ),
    "absolute, query": Row(get(b"http://a/metrics?collect[]=time"), [200, 200]),
    "absolute, nowhere": Row(get(b"http://a/nowhere"), [404, 200]),
    "encoded": Row(get(b"/%6de%74rics"), [200, 200]),
    "encoded, absolute": Row(get(b"http://a/%6Detrics?collect%5B%5D=time"), [200, 200]),
    "encoded slash": Row(get(b"/metrics%2F"), [404, 200]),
    "encoded, not hexadecimal": Row(get(b"/metric%zz"), [400]),
    "encoded, cut off": Row(get(b"/metrics%7"), [400]),
    "wrong query": Row(get(b"/metrics?collect[]=nothing"), [400, 200]),
    "no slash": Row(get(b"metrics"), [400]),
    "asterisk": Row(get(b"*"), [400]),
    "OPTIONS of all": Row(b"OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", [200, 200]),
    "two spaces": Row(
        b"GET  /metrics HTTP/1.1\r\nHost: a\r\n\r\n",
        [200, 200],
        [400],
        "RFC 9112, section 3: words may be parted by more than a space.",
    ),
}
HOSTS = {
    "no Host": Row(get(b"/metrics", b""), [400]),
    "no Host, absolute": Row(get(b"http://a/metrics", b""), [400]),
    "empty Host": Row(get(b"/metrics", b"Host:\r\n"), [200, 200]),
    "two Hosts": Row(get(b"/metrics", b"Host: a\r\nHost: b\r\n"), [400]),
    "the same Host twice": Row(get(b"/metrics", b"Host: a\r\nhost: a\r\n"), [400]),
    "Host with a path": Row(get(b"/metrics", b"Host: a/b\r\n"), [400]),
    "Host with a space": Row(get(b"/metrics", b"Host: a b\r\n"), [400]),
    "IPv6 Host": Row(get(b"/metrics", b"Host: [::1]:9100\r\n"), [200, 200]),
}
VERSIONS = {
    "1.0": Row(get(b"/metrics", b"", b"HTTP/1.0"), [200]),
    "1.0, kept": Row(
        get(b"/metrics", b"Connection: keep-alive\r\n", b"HTTP/1.0"),
        [200, 200],
        [200],
        "Its page has no length there, so that the connection's end is the page's.",
    ),
    "1.0, two Hosts": Row(get(b"/metrics", b"Host: a\r\nHost: b\r\n", b"HTTP/1.0"), [400]),
    "1.0, chunked": Row(
        get(b"/", b"Transfer-Encoding: chunked\r\n", b"HTTP/1.0") + b"0\r\n\r\n",
        [400],
        [200],
        "RFC 9112, section 6.1: its framing is faulty.",
    ),
    "1.0, expecting": Row(
        get(b"/", b"Expect: 100-continue\r\nContent-Length: 2\r\n", b"HTTP/1.0") + b"ab", [200]
    ),
    "none": Row(b"GET /metrics\r\n\r\n", [400]),
    "0.9": Row(get(b"/metrics", version=b"HTTP/0.9"), [400], [505], "It has no such line."),
    "1.2": Row(get(b"/metrics", version=b"HTTP/1.2"), [400], [200, 200], "There is none."),
    "2.0": Row(get(b"/metrics", version=b"HTTP/2.0"), [505]),
    "no HTTP": Row(get(b"/metrics", version=b"HTCPCP/1.0"), [400]),
}
BODIES = {
    "expecting, no body": Row(get(b"/metrics", b"Host: a\r\nExpect: 100-continue\r\n"), [200, 200]),
    "expecting more": Row(get(b"/metrics", b"Host: a\r\nExpect: the-best\r\n"), [417]),
    "expecting, body": Row(
        EXPECTING + b"Content-Length: 3\r\n\r\na=b",
        [100, 200, 200],
        [404],
        "It has no such page, and reads no body.",
    ),
    "expecting, chunked": Row(
        b"POST /-/reload HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n"
        b"Transfer-Encoding: chunked\r\n\r\n3\r\na=b\r\n0\r\n\r\n",
        [100, 200, 200],
        [404],
        "It has no such page, and reads no body.",
    ),
    "expecting behind a page": Row(
        METRICS + EXPECTING + b"Content-Length: 1\r\n\r\nx",
        [200, 100, 200, 200],
        [200, 404],
        "It has no such page, and reads no body.",
    ),
    "body": Row(get(b"/", b"Host: a\r\nContent-Length: 5\r\n") + b"GET /", [200, 200]),
    "chunked body": Row(
        get(b"/", b"Host: a\r\nTransfer-Encoding: chunked\r\n") + b"5\r\nGET /\r\n0\r\n\r\n",
        [200, 200],
    ),
    "trailers": Row(
        get(b"/", b"Host: a\r\nTransfer-Encoding: chunked\r\n") + b"0\r\nHost: b\r\n\r\n",
        [200, 200],
    ),
    "both lengths": Row(
        get(b"/", b"Host: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n") + b"0\r\n\r\n",
        [400],
        [200, 200],
        "RFC 9112, section 6.3: it can be an attempt to smuggle a request.",
    ),
    "two lengths": Row(get(b"/", b"Host: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n"), [400]),
    "negative length": Row(get(b"/", b"Host: a\r\nContent-Length: -1\r\n"), [400]),
    "unknown coding": Row(get(b"/", b"Host: a\r\nTransfer-Encoding: gzip\r\n"), [501]),
}
HEADERS = {
    "no colon": Row(get(b"/metrics", b"Host: a\r\nnonsense\r\n"), [400]),
    "space before colon": Row(get(b"/metrics", b"Host : a\r\n"), [400]),
    "zero byte": Row(get(b"/metrics", b"Host: a\r\nA: \0\r\n"), [400]),
    "empty lines first": Row(
        b"\r\n\r\n" + METRICS, [200, 200], [400], "RFC 9112, section 2.2: they are to be ignored."
    ),
    "small letters": Row(
        b"get /metrics HTTP/1.1\r\nHost: a\r\n\r\n",
        [405],
        [200, 200],
        "Methods have capitals; it serves its page whatever the method is.",
    ),
    "18 pages at once": Row(METRICS * 18, [200] * 19),
    "60 pages at once": Row(METRICS * 60, [200] * 61),
    "300 landing pages at once": Row(get(b"/") * 300, [200] * 301),
    "nonsense behind 20 pages": Row(METRICS * 20 + b"nonsense\r\n\r\n", [200] * 20 + [400]),
    "CONNECT behind 20 pages": Row(
        METRICS * 20 + b"CONNECT a:80 HTTP/1.1\r\nHost: a:80\r\n\r\n\x16\x03\x01",
        [200] * 20 + [404],
        [200] * 20 + [404, 400],
        "What comes behind CONNECT need not be a request.",
    ),
}
ROWS = TARGETS | HOSTS | VERSIONS | BODIES | HEADERS
