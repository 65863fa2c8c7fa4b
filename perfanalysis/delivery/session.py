"""Requests to an endpoint: the one place where keys, headers and certificates go to the wire."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from urllib.parse import urlsplit

import requests
import urllib3
from requests.adapters import HTTPAdapter
from urllib3.exceptions import InsecureRequestWarning

from perfanalysis import __version__
from perfanalysis.delivery.endpoint import Endpoint

# It logs whole URLs, whose query may hold a token.
logging.getLogger("urllib3.connectionpool").setLevel(logging.WARNING)


_HERE = frozenset({"localhost", "127.0.0.1", "::1"})


def _encoding(url: str) -> dict[str, str]:
    """On this machine, to pack an answer takes longer than to send it as it is."""
    return {"Accept-Encoding": "identity"} if urlsplit(url).hostname in _HERE else {}


class Session:
    """Connections to one endpoint, which are kept.

    Args:
        endpoint: where to.
        connections: how many may be used at the same time.
    """

    def __init__(self, endpoint: Endpoint, connections: int = 1) -> None:
        self.endpoint = endpoint
        self._session = requests.Session()
        adapter = HTTPAdapter(pool_maxsize=connections)
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, adapter)
        if endpoint.insecure_skip_verify:
            # Here and for good: what warnings are shown is a matter of the whole process, and
            # cannot be changed for a moment while several threads ask.
            urllib3.disable_warnings(InsecureRequestWarning)

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

    def send(  # noqa: PLR0913 - an HTTP request has these
        self,
        method: str,
        url: str,
        *,
        secrets: Mapping[str, str],
        headers: Mapping[str, str],
        data: bytes | Mapping[str, str] | None,
        timeout: tuple[float, float],
    ) -> requests.Response:
        """Send a request once; the answer's body is not read yet.

        Args:
            method: GET or POST.
            url: the endpoint's, or one below it.
            secrets: of ``Endpoint.secrets``; who judges the answer must know them as well.
            headers: of this request, beside the endpoint's own.
            data: the body, or the fields of a form.
            timeout: seconds for the connection, and for each wait for the answer.

        Raises:
            requests.RequestException, OSError: there is no answer.
        """
        endpoint = self.endpoint

        def authorize(request: requests.PreparedRequest) -> requests.PreparedRequest:
            # A function, because requests would else prefer what ~/.netrc says.
            request.headers.update(secrets)
            return request

        return self._session.request(
            method,
            url,
            data=data,
            headers={
                "User-Agent": f"perfanalysis/{__version__}",
                **_encoding(url),
                **endpoint.headers,
                **headers,
            },
            auth=authorize,
            timeout=timeout,
            verify=False if endpoint.insecure_skip_verify else (endpoint.ca_file or True),
            cert=(endpoint.cert_file, endpoint.key_file) if endpoint.cert_file else None,
            # A redirect is not followed: the keys are for this address only.
            allow_redirects=False,
            stream=True,
        )
