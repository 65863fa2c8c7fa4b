"""One request against servers that answer in every way there is."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from time import monotonic

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perfanalysis.http_exchange import ExchangeError, exchange, split_url

OK = b"HTTP/1.1 200 OK\r\n"


@contextlib.contextmanager
def sending(*pieces: bytes, hold: bool = False, pause: float = 0.0) -> Iterator[str]:
    """A server that sends these bytes whatever it is asked; ``hold``: and does not close."""
    done = threading.Event()
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with contextlib.suppress(OSError):
            client, _ = listener.accept()
            with client:
                client.recv(65536)
                for piece in pieces:
                    client.sendall(piece)
                    if done.wait(pause):
                        return
                if hold:
                    done.wait(30)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/x?y=1"
    finally:
        done.set()
        listener.close()
        thread.join(10)


def get(url: str, seconds: float = 5.0, largest: int = 1000) -> tuple[int, bytes]:
    answer = exchange("GET", url, {"A": "b"}, until=monotonic() + seconds, largest=largest)
    return answer.status, answer.body


@pytest.mark.parametrize(
    ("pieces", "hold", "body"),
    [
        ([OK + b"Content-Length: 5\r\n\r\nhello"], True, b"hello"),
        ([OK + b"Content-Length: 5\r\n\r\nhe", b"llo and more"], True, b"hello"),
        (
            [OK + b"Transfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n"],
            True,
            b"hello",
        ),
        ([OK + b"X: y\r\n\r\nhel", b"lo"], False, b"hello"),
        ([OK + b"Content-Length: 0\r\n\r\n"], True, b""),
        ([b"HTTP/1.0 200 OK\r\nX: y\r\n\r\nold"], False, b"old"),
    ],
)
def test_whole_answers(pieces: list[bytes], hold: bool, body: bytes) -> None:
    with sending(*pieces, hold=hold) as url:
        assert get(url) == (200, body)


def test_a_redirect_is_an_answer_like_others() -> None:
    with sending(b"HTTP/1.1 302 Found\r\nLocation: http://x/\r\nContent-Length: 0\r\n\r\n") as url:
        assert get(url) == (302, b"")


@pytest.mark.parametrize(
    ("pieces", "said"),
    [
        ([], "ended early"),
        ([OK + b"X: y\r\n"], "ended early"),
        ([OK + b"Content-Length: 9\r\n\r\nhello"], "ended early"),
        ([b"SSH-2.0-OpenSSH_9.9\r\n"], "no HTTP"),
        ([OK + b"Content-Length: 2000\r\n\r\n" + b"x" * 2000], "larger than 1000 bytes"),
        ([OK + b"X: y\r\n\r\n" + b"x" * 2000], "larger than 1000 bytes"),
        ([OK] + [b"X-%d: %s\r\n" % (i, b"y" * 100) for i in range(200)], "too large"),
        ([OK + b"X: " + b"y" * 100_000], "too large"),
        ([OK + b"Transfer-Encoding: chunked\r\n\r\n" + b"1;" + b"e" * 50_000], "too large"),
    ],
)
def test_answers_that_are_none(pieces: list[bytes], said: str) -> None:
    with sending(*pieces) as url, pytest.raises(ExchangeError) as caught:
        get(url)
    assert said in str(caught.value)


def test_silence_and_a_byte_now_and_then_end_in_time() -> None:
    with sending(hold=True) as url, pytest.raises(ExchangeError, match="in time"):
        get(url, 0.2)
    drip = [bytes([byte]) for byte in OK + b"Content-Length: 900\r\n\r\n" + b"x" * 900]
    with sending(*drip, pause=0.02) as url, pytest.raises(ExchangeError, match="in time"):
        get(url, 0.3)


def test_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(ExchangeError, match="refused"):
        get(f"http://127.0.0.1:{port}/")
    with pytest.raises(ExchangeError):
        get("http://no-such-host.invalid/")


@pytest.mark.parametrize(
    "url",
    [
        "",
        "/x",
        "file:///etc",
        "http://",
        "http://a:b@c/",
        "http://a/\n",
        "http://a:0/",
        "http://a:99999/",
        "http://[::1/",
        "http://a/ b",
    ],
)
def test_urls_that_are_none(url: str) -> None:
    with pytest.raises(ValueError, match="URL"):
        split_url(url)


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=200), st.sampled_from([b"", OK, OK + b"Content-Length: 9\r\n\r\n"]))
def test_any_bytes_are_an_answer_or_none(data: bytes, head: bytes) -> None:
    with sending(head + data) as url, contextlib.suppress(ExchangeError):
        status, body = get(url)
        assert 0 <= status <= 999
        assert body in data
