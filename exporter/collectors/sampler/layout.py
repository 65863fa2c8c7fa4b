"""Classic histograms on the page."""

from __future__ import annotations

from collections.abc import Sequence

from exporter.collectors.sampler.tallies import Histogram
from perfanalysis.exposition.families import Family, SeriesIdentity
from perfanalysis.exposition.rendering import Exposition, Layout, format_value


class HistogramLayout(Layout):
    """Histogram families without labels: ``_bucket{le=...}``, ``_sum`` and ``_count`` of each.

    It has no ``series`` for others to look at: they are no numbers of the kernel.

    Args:
        families: each with its upper bounds.
    """

    __slots__ = ("_families", "_heads")

    def __init__(self, families: Sequence[tuple[Family, Sequence[float]]]) -> None:
        super().__init__(())
        self._families = families
        self._heads: dict[str, list[bytes]] = {}

    def render(self, values: Sequence[bytes], exposition: Exposition) -> bytes:
        """All lines; ``values`` as ``values_of`` gives them, family after family."""
        heads = self._heads.get(exposition.name)
        if heads is None:
            heads = self._heads[exposition.name] = self._render_heads(exposition)
        pairs = zip(heads, values, strict=True)
        return b"".join([part for head, value in pairs for part in (head, value, b"\n")])

    def families(self) -> list[Family]:
        """See ``Layout.families``."""
        return [family for family, _ in self._families]

    def identities(self) -> list[SeriesIdentity]:
        """See ``Layout.identities``."""
        found = []
        for family, bounds in self._families:
            found += [
                SeriesIdentity(f"{family.name}_bucket", (("le", bound),)) for bound in _les(bounds)
            ]
            found += [SeriesIdentity(f"{family.name}_{word}", ()) for word in ("sum", "count")]
        return found

    def numbers(self, values: Sequence[bytes]) -> list[float]:
        """See ``Layout.numbers``; the values as ``values_of`` gives them, family after family."""
        return list(map(float, values))

    def _render_heads(self, exposition: Exposition) -> list[bytes]:
        heads = []
        for family, bounds in self._families:
            name = exposition.sample_name(family)
            lines = [f'{name}_bucket{{le="{bound}"}} ' for bound in _les(bounds)]
            lines += [f"{name}_sum ", f"{name}_count "]
            first, *rest = (line.encode() for line in lines)
            heads += [exposition.header(family) + first, *rest]
        return heads


def _les(bounds: Sequence[float]) -> list[str]:
    """The values of the label ``le``."""
    return [*(format_value(float(bound)).decode() for bound in bounds), "+Inf"]


def values_of(histogram: Histogram) -> list[bytes]:
    """The values of a histogram's lines, in the order of the page."""
    counts = [b"%d" % count for count in histogram.cumulative()]
    return [*counts, format_value(round(histogram.sum, 9)), counts[-1]]
