"""Whose names come first: those of the exporter, then of custom metrics, then of plug-ins in turn.

Text files come last; they yield by themselves (``exporter/collectors/textfile``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from exporter.collectors.textfile.families import TextFamily
from exporter.collectors.textfile.layout import TextLayout
from exporter.plugins.collector import PluginCollector
from exporter.plugins.families import REFUSED, SERIES
from exporter.plugins.layout import PluginLayout, claims_of
from perfanalysis.exposition.catalogue import Catalogue
from perfanalysis.exposition.families import OF_THE_SERVER, Family, Series
from perfanalysis.exposition.openmetrics import claimed_names
from perfanalysis.exposition.rendering import Block, Layout, VaryingSeries

# Names that were looked up are kept, as it is the same ones at each scrape.
_MOST_KEPT = 10_000


class OwnNames:
    """The names that the exporter's collectors can have, whether they run or not, and Prometheus'.

    Args:
        families: of the catalogue.
    """

    def __init__(self, families: Iterable[Family]) -> None:
        listed = tuple(families)
        self._catalogue = Catalogue(listed)
        plain = (family for family in listed if not family.is_template)
        self._claimed: frozenset[str] = OF_THE_SERVER.union(*map(claimed_names, plain))
        self._known: dict[tuple[str, str], bool] = {}

    def have(self, family: TextFamily) -> bool:
        """Whether a family has a name that is taken, in one of the formats."""
        key = (family.name, family.type)
        known = self._known.get(key)
        if known is None:
            claims = claims_of(family)
            known = bool(claims & self._claimed) or any(map(self._catalogue.find, claims))
            if len(self._known) < _MOST_KEPT:
                self._known[key] = known
        return known


class Resolver(Protocol):
    """Leaves out of a page what others show; see ``exporter.page.scraping``."""

    def resolve_conflicts(
        self, blocks: Sequence[Block], reserved: frozenset[str]
    ) -> Sequence[Block]:
        """The blocks of a page, without names that others show as well."""
        ...


class PageNames:
    """Keeps the families of plug-ins off a page where others have their names.

    Args:
        plugins: by their names on the page, in the order in which they go before each other.
        then: what looks at the page afterwards.
    """

    def __init__(self, plugins: Mapping[str, PluginCollector], then: Resolver | None) -> None:
        self._plugins = plugins
        self._then = then
        self._own = VaryingSeries()
        self._others: tuple[Layout, ...] = ()
        self._claimed: frozenset[str] = frozenset()

    @property
    def has_chosen_names(self) -> bool:
        """Plug-ins have."""
        return True

    def resolve_conflicts(
        self, blocks: Sequence[Block], reserved: frozenset[str]
    ) -> Sequence[Block]:
        """See ``Resolver``; what is shown of the plug-ins themselves is added."""
        owners = {id(plugin.layout): plugin for plugin in self._plugins.values()}
        claimed = reserved | self._of_others(blocks)
        shown: dict[str, int] = {}
        page = []
        for block in blocks:
            plugin = owners.get(id(block.layout))
            if plugin is not None:
                kept = plugin.yield_to(block, claimed)
                assert isinstance(kept.layout, PluginLayout)
                claimed |= kept.layout.claims
                shown[plugin.name] = len(kept.values)
                page.append(kept)
            else:
                page.append(block)
        page.append(self._own.block(self._about(shown)))
        return page if self._then is None else self._then.resolve_conflicts(page, reserved)

    def _of_others(self, blocks: Sequence[Block]) -> frozenset[str]:
        layouts = tuple(
            block.layout
            for block in blocks
            if not isinstance(block.layout, PluginLayout | TextLayout)
        )
        if layouts != self._others:
            families = {family for layout in layouts for family in layout.families()}
            self._claimed = frozenset().union(*map(claimed_names, families))
            self._others = layouts
        return self._claimed

    def _about(self, shown: Mapping[str, int]) -> list[tuple[Series, bytes]]:
        pairs = [(Series(SERIES, (name,)), b"%d" % count) for name, count in shown.items()]
        pairs += [
            (Series(REFUSED, (name, reason)), b"%d" % count)
            for name in shown
            for reason, count in self._plugins[name].refusals.items()
        ]
        return pairs
