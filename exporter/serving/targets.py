"""What a request is for, as its request line says it (RFC 9112, section 3.2): pure."""

from __future__ import annotations

import re
from urllib.parse import unquote

# Absolute-form, as for a proxy. Whose host it names is no matter here: there is one page for all.
_SCHEME_AND_HOST = re.compile(rb"[A-Za-z][A-Za-z0-9+.-]*://[^/?]+")
_NOT_ENCODED = re.compile(rb"%(?![0-9A-Fa-f]{2})")


def read_target(method: str, target: bytes) -> tuple[str, str]:
    """Path and query. The path is decoded, but for an encoded ``/``, which parts no folders.

    ``*`` and what CONNECT names have no path, and stay as they are.

    Raises:
        ValueError: this is none of the four forms.
    """
    if method == "CONNECT" or (method == "OPTIONS" and target == b"*"):
        return target.decode("latin-1"), ""
    if not target.startswith(b"/"):
        named = _SCHEME_AND_HOST.match(target)
        if named is None:
            raise ValueError("expected a path that begins with /, or a whole URL")
        target = target[named.end() :]
        if not target.startswith(b"/"):
            target = b"/" + target
    path, _, query = target.partition(b"?")
    if b"%" in path and _NOT_ENCODED.search(path):
        raise ValueError("expected two hexadecimal digits behind each % of the path")
    shown = path.decode("utf-8", "surrogateescape")
    if "%" in shown:
        shown = "/".join(
            unquote(part, errors="surrogateescape").replace("/", "%2F") for part in shown.split("/")
        )
    return shown, query.decode("latin-1")
