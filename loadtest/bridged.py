"""Results of an old kernel version in the unit of the new one, where a bridge is given. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from msgspec import structs

from loadtest.bridging import bridge_of
from perfanalysis.errors import InputError
from perfanalysis.estimates.bridging import Bridge, expressed
from perfanalysis.estimates.statistics import Estimate
from perfanalysis.results import compilers
from perfanalysis.results.bridge import BridgeDocument
from perfanalysis.results.document import Document, Level


@dataclass(frozen=True)
class Bridged:
    """A result in the new unit: at full load, which is what a bridge is measured at.

    Attributes:
        document: with the new version and its build, and full load alone.
        bridge: by which.
        source: the bridge's document.
    """

    document: Document
    bridge: Bridge
    source: BridgeDocument

    @property
    def remark(self) -> str:
        """What a reader must know of it."""
        return remark(self.source)


def remark(source: BridgeDocument) -> str:
    """What a bridge does, in a sentence."""
    found = bridge_of(source.turns).interval
    return (
        f"version {source.old.kernel_version} of {source.kernel} is shown in units of version "
        f"{source.new.kernel_version}, times {found.value:.4f} ({found.lower:.4f} to "
        f"{found.upper:.4f}) by {source.bridge_id}; only full load was bridged"
    )


def cross(
    document: Document, bridges: Iterable[BridgeDocument], *, widen: bool = True
) -> Bridged | None:
    """A result in the new unit; None: no bridge begins at its version.

    Args:
        document: the result.
        bridges: what there is.
        widen: whether the bridge's doubt is in the result's interval.

    Raises:
        InputError: a bridge does, but none of those is of its model of CPU and build.
    """
    begin = [
        one
        for one in bridges
        if (one.kernel, one.old.kernel_version) == (document.kernel, document.kernel_version)
    ]
    if not begin:
        return None
    fitting = [one for one in begin if not _misfits(document, one)]
    if not fitting:
        field, expected, found = _misfits(document, begin[0])[0]
        raise InputError(document.test_id, field, expected, found)
    # Of several the one that is known best.
    source = min(fitting, key=lambda one: bridge_of(one.turns).half)
    bridge = bridge_of(source.turns)
    return Bridged(_in_new_unit(document, source, bridge, widen=widen), bridge, source)


def _misfits(document: Document, bridge: BridgeDocument) -> list[tuple[str, str, object]]:
    """Field, what is expected, and what was found, of all that keeps a bridge from a result."""
    build = document.build
    family = None if build is None else compilers.family(build.compiler)
    old = bridge.old.build
    facts: list[tuple[str, object, object]] = [
        ("machine.cpu_model", bridge.machine.cpu_model, document.machine.cpu_model),
        ("machine.architecture", bridge.machine.architecture, document.machine.architecture),
        ("build.compiler", compilers.family(old.compiler), family),
        ("build.instruction_set", old.instruction_set, build and build.instruction_set),
    ]
    where = f"as the bridge {bridge.bridge_id} has it"
    return [(name, f"{asked}, {where}", found) for name, asked, found in facts if asked != found]


def _in_new_unit(
    document: Document, source: BridgeDocument, bridge: Bridge, *, widen: bool
) -> Document:
    if document.full is None:
        raise InputError(document.test_id, "levels", "the level 100: only that is bridged")
    return structs.replace(
        document,
        kernel_version=source.new.kernel_version,
        build=source.new.build,
        levels=(_level(document.full, bridge, widen=widen),),
        max_units_per_second=document.full.units_per_second * bridge.value,
        single_units_per_second=None,
        single_interval=None,
        single=None,
        until_steady=None,
        thresholds=None,
    )


def _level(level: Level, bridge: Bridge, *, widen: bool) -> Level:
    """The level's rate; its slices are left out."""
    bounds: dict[str, float | None] = {"lower": None, "upper": None}
    if level.lower and level.upper:
        rate = Estimate(level.units_per_second, level.lower, level.upper)
        exact = Bridge(bridge.value, 0.0, 1.0)
        made = expressed(rate, bridge if widen else exact)
        bounds = {"lower": made.lower, "upper": made.upper}
    return structs.replace(
        level,
        units_per_second=level.units_per_second * bridge.value,
        mean_units_per_second=None,
        mean_lower=None,
        mean_upper=None,
        slices=None,
        **bounds,
    )


def side(
    documents: Sequence[Document], bridges: Sequence[BridgeDocument], name: str
) -> tuple[tuple[Document, ...], Bridged | None]:
    """A side of a comparison in the new unit, all of it or nothing.

    The intervals of its results are without the bridge's doubt, which all of them share: it belongs
    to the comparison (``estimates.bridging.widened``).

    Returns:
        The documents, and one of those that were bridged; None: none was.

    Raises:
        InputError: results of both versions stand on one side, or bridges of several were used.
    """
    crossed = [cross(document, bridges, widen=False) for document in documents]
    found = [one for one in crossed if one is not None]
    if not found:
        return tuple(documents), None
    if len(found) < len(documents):
        raise InputError(name, "kernel_version", "results of one version on each side of a bridge")
    if len({one.source.bridge_id for one in found}) > 1:
        raise InputError(name, "machine.cpu_model", "one bridge for all results of a side")
    return tuple(one.document for one in found), found[0]
