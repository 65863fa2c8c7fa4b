"""Serves without click, where the command line is plain."""

from __future__ import annotations

from collections.abc import Sequence

from exporter.node_exporter_flags import translated
from exporter.plain_arguments import read_plainly
from exporter.start import serve


def serve_plainly(arguments: Sequence[str]) -> bool:
    """Serve until a signal comes, if the command line is one that needs no click; whether it was.

    Args:
        arguments: the words behind ``perfanalysis exporter``.

    Raises:
        PerfAnalysisError: it is such a line, and cannot be obeyed.
    """
    translation = translated(arguments)
    flags = read_plainly(translation.words)
    if flags is None:
        return False
    serve(flags, translation.ignored)
    return True
