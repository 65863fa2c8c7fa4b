"""What is said of servers that give no answer, by asking such for real."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
import time
from collections.abc import Iterator

import pytest
import requests

from demo.servers import free_port
from perfanalysis.http_exchange import ExchangeError, exchange
from perfanalysis.unreached import explained, reason, remedy


@contextlib.contextmanager
def answering(said: bytes) -> Iterator[int]:
    """A server that answers whatever comes with these bytes, and ends; its port."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            with contextlib.suppress(OSError):
                while True:
                    client, _ = server.accept()
                    with client:
                        client.recv(4096)
                        client.sendall(said)

        threading.Thread(target=serve, daemon=True).start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)


def failure_of(url: str, **words: object) -> Exception:
    with pytest.raises(requests.RequestException) as caught:
        requests.get(url, timeout=2, **words)  # type: ignore[arg-type]
    return caught.value


def test_nobody_listens() -> None:
    error = failure_of(f"http://127.0.0.1:{free_port()}/")
    assert reason(error) == "Connection refused"
    assert remedy(error) == (
        "see that it runs, and that host and port are right: nothing listens there"
    )


def test_a_name_that_nobody_knows() -> None:
    error = failure_of("http://nowhere.invalid/")
    assert reason(error) in {"Name or service not known", "Temporary failure in name resolution"}
    assert remedy(error).startswith("look for a typing error in the host's name")


def test_tls_where_there_is_none() -> None:
    with answering(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n") as port:
        error = failure_of(f"https://127.0.0.1:{port}/")
    assert remedy(error) == "see whether it speaks TLS: https:// or http:// may be the wrong one"


@pytest.mark.parametrize("said", [b"", b"\x15\x03\x01\x00\x02\x02\x16"])
def test_no_http(said: bytes) -> None:
    """What servers that want TLS do with plain requests: nothing, or an alert of TLS."""
    with answering(said) as port:
        error = failure_of(f"http://127.0.0.1:{port}/")
    assert remedy(error) == "see whether it speaks TLS: https:// or http:// may be the wrong one"


def test_an_authority_that_is_not_known() -> None:
    error = ssl.SSLCertVerificationError("…")
    error.verify_message = "self-signed certificate"
    assert explained(error) == (
        "certificate verify failed: self-signed certificate; "
        "name the authority of its certificate (tls.ca_file)"
    )


def test_what_tells_nothing_has_no_remedy() -> None:
    assert explained(ValueError("x")) == "ValueError"


def test_the_exporters_own_requests_say_the_same() -> None:
    url = f"http://127.0.0.1:{free_port()}/"
    with pytest.raises(ExchangeError, match=r"^Connection refused; see that it runs"):
        exchange("GET", url, {}, until=time.monotonic() + 2, largest=100)
