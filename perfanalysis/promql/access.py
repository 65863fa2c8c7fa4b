"""How an engine is reached: address, TLS, keys, headers, limits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import requests
from requests.adapters import HTTPAdapter

from perfanalysis import __version__
from perfanalysis.delivery.credentials import Credentials
from perfanalysis.errors import InputError

CONNECT_SECONDS = 10.0


@dataclass(frozen=True)
class Access:
    """One engine. Secrets stand in files, and are read when they are used.

    Attributes:
        url: the base URL, to which ``/api/v1/query`` is added; without credentials.
        ca_file: certificates that the engine's is checked against; "" for the usual ones.
        cert_file, key_file: a client certificate and its key; "" for none.
        insecure_skip_verify: take any certificate for the engine's.
        credentials: for basic or bearer authentication.
        headers: sent with every request, such as ``X-Scope-OrgID``.
        header_files: the same, by name of the header the file that holds its value.
        timeout_seconds: for one query, from sending it to the last byte of its answer.
        retries: how often a query is sent again after a failure that may pass.
        queries_at_once: how many queries run at the same time.
        machines_per_query: how many machines one query asks for at most.
    """

    url: str = "http://localhost:9090"
    ca_file: str = ""
    cert_file: str = ""
    key_file: str = ""
    insecure_skip_verify: bool = False
    credentials: Credentials = field(default_factory=Credentials)
    headers: Mapping[str, str] = field(default_factory=dict)
    header_files: Mapping[str, str] = field(default_factory=dict)
    timeout_seconds: float = 30.0
    retries: int = 4
    queries_at_once: int = 4
    machines_per_query: int = 1000

    def check(self) -> None:
        """Check that all files are there.

        Raises:
            InputError: one is missing, or holds no usable key.
        """
        for name in (self.ca_file, self.cert_file, self.key_file):
            if name and not Path(name).is_file():
                raise InputError(name, "", "a readable file with certificates or a key")
        if bool(self.cert_file) != bool(self.key_file):
            found = self.cert_file or self.key_file
            raise InputError(found, "", "a client certificate and its key: cert_file and key_file")
        self.secrets()

    def secrets(self) -> dict[str, str]:
        """Headers whose values must not be shown, as they are to be sent now.

        Raises:
            InputError: a file is missing, or holds no usable key.
        """
        files = {name: Credentials(file).key() for name, file in self.header_files.items()}
        return {**files, **self.credentials.header(self.credentials.key())}

    def session(self) -> requests.Session:
        """A session with room for all connections at once."""
        session = requests.Session()
        adapter = HTTPAdapter(pool_maxsize=self.queries_at_once)
        for scheme in ("http://", "https://"):
            session.mount(scheme, adapter)
        session.headers["User-Agent"] = f"perfanalysis/{__version__}"
        return session

    @property
    def verify(self) -> bool | str:
        """What requests checks the engine's certificate against."""
        return False if self.insecure_skip_verify else (self.ca_file or True)

    @property
    def certificate(self) -> tuple[str, str] | None:
        """The client's certificate and key, as requests takes them."""
        return (self.cert_file, self.key_file) if self.cert_file else None
