"""Why a source of names gave none."""

from __future__ import annotations

from exporter.collectors.cgroup.names.identity import DENIED, UNREACHABLE


class NamesError(Exception):
    """There is no usable answer; the text says why and holds no secret.

    ``reason`` is one of ``identity.REASONS``.
    """

    reason = UNREACHABLE


def refused(text: str) -> NamesError:
    """There is somebody, who does not answer this process."""
    error = NamesError(text)
    error.reason = DENIED
    return error
