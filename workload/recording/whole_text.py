"""A recording as one OpenMetrics text of all its samples, as promtool reads it.

What was not written for it stood is written out, what is behind a later tick is left out, and there
is one end. A frame is held in memory at a time.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from perfanalysis.exposition.families import Family, Series, SeriesIdentity
from perfanalysis.exposition.openmetrics import OPENMETRICS
from perfanalysis.recordings.frame_text import family_of, sample_name, seconds_text, value_text
from perfanalysis.recordings.parsing import FrameColumns
from perfanalysis.recordings.reading import in_order, read_frames


def whole_text(path: Path) -> Iterator[bytes]:
    """The parts of the text.

    Args:
        path: of the recording.

    Raises:
        InputError: it cannot be read.
    """
    times = [time for frame in read_frames(path, lambda _: False) for time in frame.times]
    kept = np.zeros(len(times), dtype=bool)
    kept[in_order(np.array(times))] = True
    begin = 0
    for frame in read_frames(path):
        end = begin + len(frame.times)
        yield from _of_frame(frame, kept[begin:end].tolist())
        begin = end
    yield OPENMETRICS.end


def _of_frame(frame: FrameColumns, kept: list[bool]) -> Iterator[bytes]:
    texts = [seconds_text(time) for time in frame.times]
    families: dict[str, list[tuple[Series, SeriesIdentity]]] = {}
    for identity in frame.columns:
        kind = frame.types[identity.name]
        family = Family(identity.name, kind, "", tuple(label for label, _ in identity.labels))
        series = Series(family, tuple(value for _, value in identity.labels))
        families.setdefault(family_of(series), []).append((series, identity))
    for stem, members in families.items():
        family = members[0][0].family
        if family.type == "histogram":
            family = Family(stem, family.type, "")
        yield OPENMETRICS.header(family).split(b"\n", 1)[1]
        for series, identity in members:
            name = sample_name(series, frame.machine)
            values = frame.columns[identity].tolist()
            yield b"".join(
                b"%s %s %s\n" % (name, value_text(value), text)
                for value, text, wanted in zip(values, texts, kept, strict=True)
                if wanted and value == value  # noqa: PLR0124 - NaN is no sample
            )
