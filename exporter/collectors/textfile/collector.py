"""Metrics from files in the text format that other programs write: ``*.prom`` in directories."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from exporter.collecting import CollectorError, CollectorSpecification, Flag, Flags
from exporter.collectors.textfile.families import TextFamily, names_of
from exporter.collectors.textfile.files import TextFile, TextFiles
from exporter.collectors.textfile.layout import TextLayout
from exporter.collectors.textfile.parsing import refuse_twice
from exporter.sources.files import Sources
from perfanalysis.exposition.families import Family, Series
from perfanalysis.exposition.openmetrics import claimed_names
from perfanalysis.exposition.rendering import Block, Layout, VaryingSeries

LOG = logging.getLogger(__name__)

MTIME = Family(
    "node_textfile_mtime_seconds",
    "gauge",
    "Unixtime mtime of textfiles successfully read.",
    ("file",),
    "seconds",
    "the files",
)
ERROR = Family(
    "node_textfile_scrape_error",
    "gauge",
    "1 if there was an error opening or reading a file, 0 otherwise",
    source="the files",
)
DIRECTORY = Flag(
    "collector.textfile.directory",
    (),
    "Directory to read *.prom files from, or a glob of directories (repeatable).",
)


def merge(files: Sequence[TextFile]) -> tuple[list[TextFamily], list[str]]:
    """The families of all files, each once, and what could not be shown.

    A family may come in several files, with the same type and HELP and other labels. What does not
    fit the first one is left out.
    """
    families: dict[str, TextFamily] = {}
    origins: dict[str, list[str]] = {}
    taken: dict[str, str] = {}
    errors = []
    for file in files:
        for family in file.families:
            before = families.get(family.name)
            joined = family
            if any(taken.get(name, family.name) != family.name for name in names_of(family)):
                errors.append(f"{file.path}: {family.name} has the name of another family")
                continue
            if before is not None:
                if before.type != family.type or family.help not in ("", before.help):
                    errors.append(f"{file.path}: {family.name} has another type or HELP elsewhere")
                    continue
                joined = before._replace(series=before.series + family.series)
                try:
                    refuse_twice(family.name, joined.series, file.path)
                except CollectorError as error:
                    errors.append(str(error))
                    continue
            families[family.name] = joined
            taken |= dict.fromkeys(names_of(family), family.name)
            origins.setdefault(family.name, []).append(file.path)
    for name, family in families.items():
        if not family.help:
            text = f"Metric read from {', '.join(origins[name])}"
            families[name] = family._replace(help=text)
    return list(families.values()), errors


class TextfileCollector:
    """``node_textfile_*``, and what the files hold.

    A name that another collector shows, or that OpenMetrics keeps for what it shows, is not taken
    from a file: the page would be unusable. That is seen when all others have had their turn, in
    ``resolve_conflicts``.
    """

    name = "textfile"

    def __init__(self, sources: Sources, flags: Flags) -> None:
        del sources
        self._files = TextFiles(flags[DIRECTORY.variable])
        self._series = VaryingSeries()
        self._seen: tuple[list[TextFile], list[str]] | None = None
        self._families: list[TextFamily] = []
        self._errors: list[str] = []
        self._taken: frozenset[str] = frozenset()
        self._claimed: frozenset[str] = frozenset()
        self._others: tuple[Layout, ...] = ()
        self._complaints: frozenset[str] = frozenset()
        self._blocks: list[Block] = []

    def collect(self) -> list[Block]:
        """See ``Collector.collect``."""
        seen = self._files.read()
        if seen != self._seen:
            self._families, errors = merge(seen[0])
            self._errors = [*seen[1], *(file.error for file in seen[0] if file.error), *errors]
            self._seen = seen
            self._others = ()
            self._make_blocks()
        return self._blocks

    @property
    def has_chosen_names(self) -> bool:
        """Whether any file has a family."""
        return bool(self._families)

    def resolve_conflicts(
        self, blocks: Sequence[Block], reserved: frozenset[str]
    ) -> Sequence[Block]:
        """The blocks of a page, without what the files name as others do.

        Args:
            blocks: of all collectors, this one's among them.
            reserved: names that the exporter has beside those of the collectors' samples.
        """
        if not self._families:
            return blocks
        mine = {id(block) for block in self._blocks}
        others = [block for block in blocks if id(block) not in mine]
        layouts = tuple(block.layout for block in others)
        if layouts == self._others or len(others) == len(blocks):
            return blocks
        self._others = layouts
        shown = {family for layout in layouts for family in layout.families()}
        claimed = reserved.union(*map(claimed_names, shown | {MTIME, ERROR}))
        taken = frozenset(f.name for f in self._families if names_of(f) & claimed)
        if (taken, claimed) == (self._taken, self._claimed):
            return blocks
        self._taken, self._claimed = taken, claimed
        place = next(i for i, block in enumerate(blocks) if id(block) in mine)
        self._make_blocks()
        return [*others[:place], *self._blocks, *others[place:]]

    def _make_blocks(self) -> None:
        """Make what is shown of the files, without the names that are taken."""
        assert self._seen is not None
        families = [family for family in self._families if family.name not in self._taken]
        errors = self._errors + [
            f"the exporter or Prometheus itself has {name}" for name in self._taken
        ]
        for text in errors:
            if text not in self._complaints:
                LOG.error("collector textfile: %s", text)
        self._complaints = frozenset(errors)
        pairs = [
            (Series(MTIME, (file.path,)), b"%d" % file.mtime)
            for file in self._seen[0]
            if not file.error
        ]
        pairs.append((Series(ERROR), b"1" if errors else b"0"))
        own = self._series.block(pairs)
        self._blocks = [
            Block(own.layout, tuple(own.values)),
            Block(TextLayout(families, self._claimed), ()),
        ]


SPECIFICATION = CollectorSpecification(
    "textfile", (MTIME, ERROR), TextfileCollector, flags=(DIRECTORY,)
)
