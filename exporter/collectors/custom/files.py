"""Files as sources: read whole at each scrape, up to a limit, and never anything that may block."""

from __future__ import annotations

import glob
import os
import stat

from exporter.collecting import CollectorError
from exporter.collectors.custom.metrics import FileSource, Labels, Metric, Samples, check_samples

LARGEST = 1 << 20
MOST_FILES = 256


def read_file(path: str) -> bytes:
    """The content of a regular file; a pipe or device is not waited for.

    Raises:
        CollectorError: it is no regular file, or too large.
        OSError: it cannot be read.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOCTTY)
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise CollectorError(f"{path} is no regular file")
        parts: list[bytes] = []
        size = 0
        while part := os.read(descriptor, 65536):
            size += len(part)
            if size > LARGEST:
                raise CollectorError(f"{path} is larger than {LARGEST} bytes")
            parts.append(part)
        return b"".join(parts)
    finally:
        os.close(descriptor)


def find_files(source: FileSource) -> list[tuple[str, Labels]]:
    """The files of a source and the values of the labels that their paths give.

    Raises:
        CollectorError: there is none, there are too many, or a path has no such labels.
    """
    if not glob.has_magic(source.path):
        paths = [source.path]
    else:
        paths = sorted(glob.glob(source.path))  # noqa: PTH207 - the pattern is absolute
        if not paths:
            raise CollectorError(f"no file matches {source.path}")
        if len(paths) > MOST_FILES:
            raise CollectorError(f"more than {MOST_FILES} files match {source.path}")
    if source.path_pattern is None:
        return [(path, ()) for path in paths]
    found = []
    for path in paths:
        match = next(source.path_pattern.matches(path), None)
        if match is None:
            raise CollectorError(f"{path} does not match {source.path_pattern.text!r}")
        found.append((path, tuple(match[name] or "" for name in source.path_labels)))
    return found


def read_source(source: FileSource) -> list[tuple[Metric, Samples | str]]:
    """Each metric's samples, or why it has none; one metric's failure is not another's."""
    try:
        contents = [(read_file(path), labels) for path, labels in find_files(source)]
    except (CollectorError, OSError) as error:
        return [(metric, str(error)) for metric in source.metrics]
    outcomes: list[tuple[Metric, Samples | str]] = []
    for metric in source.metrics:
        try:
            samples = [one for data, labels in contents for one in metric.samples(data, labels)]
            check_samples(samples)
        except CollectorError as error:
            outcomes.append((metric, f"{source.path}: {error}"))
        else:
            outcomes.append((metric, samples))
    return outcomes
