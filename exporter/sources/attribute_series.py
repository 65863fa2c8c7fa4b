"""Series that each have an attribute file of their own, read at each scrape."""

from __future__ import annotations

from collections.abc import Sequence

from exporter.sources.attributes import Attributes
from perfanalysis.exposition.families import Series
from perfanalysis.exposition.rendering import Block, Layout


class AttributeSeries:
    """Series and their files; those whose file is not there at first are left out.

    Args:
        attributes: reads the files.
        wanted: the series with the paths of their files; those of a family stand together.
    """

    def __init__(self, attributes: Attributes, wanted: Sequence[tuple[Series, str]] = ()) -> None:
        self._number = attributes.number
        self._wanted = [(series, path) for series, path in wanted if attributes.number(path)]
        self._layout = Layout(series for series, _ in self._wanted)
        self.paths = [path for _, path in self._wanted]

    def blocks(self) -> list[Block]:
        """The block of now, or none when there is no series.

        Raises:
            CollectorError: a file holds no number.
            OSError: one is there, but cannot be read.
        """
        if not self.paths:
            return []
        values = [self._number(path) for path in self.paths]
        if None in values:
            # A device went away; it is shown again when it is wanted anew.
            pairs = zip(self._wanted, values, strict=True)
            self._wanted = [pair for pair, value in pairs if value is not None]
            self._layout = Layout(series for series, _ in self._wanted)
            self.paths = [path for _, path in self._wanted]
        present = [value for value in values if value is not None]
        return [Block(self._layout, present)] if present else []
