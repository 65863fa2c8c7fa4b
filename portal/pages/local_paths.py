"""Where a visitor goes after the log-in: to a page of this portal, whatever a link says. Pure."""

from __future__ import annotations

import re
from urllib.parse import quote

# No second slash and no backslash, which browsers take for one: both would name another host.
_LOCAL = re.compile(r"/(?![/\\])[\x21-\x5b\x5d-\x7e]{0,1000}")


def local_path(given: str | None) -> str:
    """The path that was given, where it is one of this portal; else that of the overview."""
    return given if given is not None and _LOCAL.fullmatch(given) else "/"


def log_in_path(after: str) -> str:
    """Of the log-in page, for a visitor who wants to go elsewhere afterwards."""
    wanted = local_path(after)
    return "/login" if wanted == "/" else f"/login?next={quote(wanted, safe='')}"
