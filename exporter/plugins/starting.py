"""From the flags to plug-ins that are imported, each in a thread of its own."""

from __future__ import annotations

import importlib
import logging
import sys
from collections.abc import Sequence
from pathlib import Path
from time import monotonic

from exporter.collecting import Flags
from exporter.plugins.collector import PluginCollector
from exporter.plugins.loading import maker_of
from exporter.plugins.names import OwnNames
from exporter.plugins.settings import (
    COLLECTOR,
    MOST_SERIES,
    SEARCHED,
    check_numbers,
    read_references,
)
from exporter.plugins.shipped.families import BY_PLUGIN, FAMILIES
from exporter.sources.files import Paths
from perfanalysis.errors import InputError, PerfAnalysisError
from perfanalysis.exposition.catalogue import Catalogue
from perfanalysis.extras import missing

LOG = logging.getLogger(__name__)


def make_plugins(
    flags: Flags, paths: Paths, catalogue: Catalogue, seconds: float
) -> dict[str, PluginCollector]:
    """The plug-ins that the flags ask for, by their names on the page.

    Args:
        flags: of the command; at least one plug-in is asked for.
        paths: where the machine's trees are.
        catalogue: families whose names none of them may have, but for those that are shipped.
        seconds: that they may take to be imported before the exporter goes on without them.

    Raises:
        InputError: a flag names none, nothing that is one, or no folder.
        PerfAnalysisError: prometheus_client or psutil is not installed.
    """
    check_numbers(flags)
    references = read_references(flags[COLLECTOR.variable])
    _need("prometheus_client", f"--{COLLECTOR.name}")
    for reference in references:
        if not reference.module and reference.name in BY_PLUGIN:
            _need("psutil", f"--{COLLECTOR.name} {reference.name}")
    _search(flags[SEARCHED.variable])
    names = OwnNames(family for family in catalogue.families if family not in FAMILIES)
    most = flags[MOST_SERIES.variable]
    plugins = {
        reference.collector: PluginCollector(
            reference.collector, maker_of(reference, flags, paths), names.have, most
        )
        for reference in references
    }
    until = monotonic() + seconds
    for plugin in plugins.values():
        plugin.start()
    for plugin in plugins.values():
        plugin.settle(until)
    LOG.info("Python collectors: %s", ", ".join(f"{r.collector} ({r.shown})" for r in references))
    return plugins


def _search(folders: Sequence[str]) -> None:
    """Let Python find modules in these, too; behind its own, so that they take no one's place."""
    for folder in folders:
        if not Path(folder).is_dir():
            raise InputError(f"--{SEARCHED.name}", "", "a folder", folder)
        path = str(Path(folder).resolve())
        if path not in sys.path:
            sys.path.append(path)


def _need(package: str, wanted_by: str) -> None:
    try:
        importlib.import_module(package)
    except ImportError as error:
        raise PerfAnalysisError(missing(wanted_by, package, "")) from error
