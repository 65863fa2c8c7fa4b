"""The families of a plug-in as a part of the page, whose values are others at each scrape."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

from exporter.collectors.textfile.families import TextFamily, names_of
from exporter.collectors.textfile.layout import TextLayout
from exporter.collectors.textfile.strictness import family_of
from perfanalysis.exposition.families import Family, SeriesIdentity
from perfanalysis.exposition.openmetrics import claimed_names
from perfanalysis.exposition.rendering import Exposition, Layout


def claims_of(family: TextFamily) -> frozenset[str]:
    """The names that a family has, and those that its type could have."""
    return claimed_names(family_of(family)) | names_of(family)


def shape_of(families: Sequence[TextFamily]) -> tuple[TextFamily, ...]:
    """The families without their values."""
    return tuple(
        family._replace(series=tuple(one._replace(value=b"") for one in family.series))
        for family in families
    )


def values_of(families: Sequence[TextFamily]) -> tuple[bytes, ...]:
    """The values, in the order of the series."""
    return tuple(one.value for family in families for one in family.series)


def text_length(families: Sequence[TextFamily]) -> int:
    """How many characters their names, helps and labels have."""
    pairs = (pair for family in families for one in family.series for pair in one.labels)
    own = sum(len(family.name) + len(family.help) for family in families)
    return own + sum(map(len, chain.from_iterable(pairs)))


class PluginLayout(Layout):
    """Families that others have chosen.

    It has no ``series`` for others to look at: they are no numbers of this machine's kernel.

    Args:
        shape: the families, each once, without values.
    """

    __slots__ = ("_claims", "shape")

    def __init__(self, shape: tuple[TextFamily, ...]) -> None:
        super().__init__(())
        self.shape = shape
        self._claims: frozenset[str] | None = None

    @property
    def claims(self) -> frozenset[str]:
        """The names that no other family of the page may have."""
        if self._claims is None:
            self._claims = frozenset().union(*map(claims_of, self.shape))
        return self._claims

    def without(self, names: frozenset[str], values: Sequence[bytes]) -> list[TextFamily]:
        """The families with these values, but for those that claim one of the names."""
        return [family for family in self._filled(values) if not claims_of(family) & names]

    def _filled(self, values: Sequence[bytes]) -> list[TextFamily]:
        left = iter(values)
        return [
            family._replace(series=tuple(one._replace(value=next(left)) for one in family.series))
            for family in self.shape
        ]

    def render(self, values: Sequence[bytes], exposition: Exposition) -> bytes:
        """See ``Layout.render``."""
        return TextLayout(self._filled(values)).render((), exposition)

    def families(self) -> list[Family]:
        """See ``Layout.families``."""
        return list(map(family_of, self.shape))

    def identities(self) -> list[SeriesIdentity]:
        """See ``Layout.identities``."""
        return TextLayout(self.shape).identities()

    def numbers(self, values: Sequence[bytes]) -> list[float]:
        """See ``Layout.numbers``."""
        return list(map(float, values))
