"""What the files of a tenant are made from. Pure."""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass

import yaml

from perfanalysis.delivery.endpoint import check_url
from perfanalysis.errors import InputError

PORTAL_URL, METRICS_URL = "https://portal.example", "https://metrics.example"


@dataclass(frozen=True)
class Snippet:
    """A file.

    Attributes:
        name: of the file.
        program: which reads it.
        use: what to do with it, and which files it names.
        text: of the file.
    """

    name: str
    program: str
    use: str
    text: str


@dataclass(frozen=True)
class SnippetSettings:
    """Whose files, and where things are.

    Attributes:
        tenant: its id.
        name: of the tenant.
        portal_url: of this portal, as agents and Prometheus reach it.
        metrics_url: of the engine's proxy, without its paths.
    """

    tenant: uuid.UUID
    name: str
    portal_url: str = PORTAL_URL
    metrics_url: str = METRICS_URL

    def check(self) -> SnippetSettings:
        """Look at the URLs.

        Raises:
            InputError: one is none, or holds user, password, query or what no file should have.
        """
        for where, url in (("portal_url", self.portal_url), ("metrics_url", self.metrics_url)):
            check_url(url, where)
            if not url.isascii() or not url.isprintable() or set(url) & set("\"'`\\$%{}<>?# "):
                raise InputError(where, "", "a plain http:// or https:// URL without a query")
        return self

    @property
    def portal(self) -> str:
        """The portal's URL, to which paths are added."""
        return self.portal_url.rstrip("/")

    @property
    def metrics(self) -> str:
        """The engine's URL, to which paths are added."""
        return self.metrics_url.rstrip("/")

    @property
    def account(self) -> tuple[int, int]:
        """AccountID and ProjectID in a cluster of VictoriaMetrics: 64 bits of the id's SHA-256."""
        digest = hashlib.sha256(self.tenant.bytes).digest()
        return int.from_bytes(digest[:4], "big"), int.from_bytes(digest[4:8], "big")


def as_yaml(value: object, *heads: str) -> str:
    """YAML below lines of comment."""
    lines = "".join(f"# {head}\n" for head in heads)
    text: str = yaml.safe_dump(value, sort_keys=False, width=120)
    return lines + text
