"""``python registered.py``: what is wrong with exporter/registrations.py, a line each."""

from __future__ import annotations

import importlib
import pkgutil
from collections import Counter
from collections.abc import Iterator

from exporter import collectors
from exporter.collecting import DISABLE_DEFAULTS, CollectorSpecification
from exporter.collecting.deferred import DeferredSpecification
from exporter.node_exporter_flags import translated
from exporter.off_by_default import DEFERRED
from exporter.on_few_machines import AWAITED
from exporter.registrations import COLLECTORS, ON_BY_DEFAULT
from perfanalysis.errors import InputError

# What comes after the order of the alphabet; exporter/registrations.py says why.
LAST = ["textfile", "validation"]
OFF = "exporter/off_by_default.py"
FEW = "exporter/on_few_machines.py"
SPECIFICATIONS: list[CollectorSpecification] = [
    one.loaded if isinstance(one, DeferredSpecification) else one for one in COLLECTORS
]


def modules() -> dict[str, object]:
    """The files and folders of exporter/collectors, by name, with their specification if any."""
    found = {}
    for module in pkgutil.iter_modules(collectors.__path__):
        loaded = importlib.import_module(f"{collectors.__name__}.{module.name}")
        found[module.name] = getattr(loaded, "SPECIFICATION", None)
    return found


def faults() -> Iterator[str]:
    """What is forgotten, doubled, out of order, or taken for something else."""
    there = modules()
    places = {id(specification): name for name, specification in there.items()}
    for name, specification in there.items():
        if specification is None:
            yield f"exporter/collectors/{name} has no SPECIFICATION: it is no collector"
        elif not any(specification is registered for registered in SPECIFICATIONS):
            lists = f"exporter/registrations.py, {FEW} and {OFF}"
            yield f"exporter/collectors/{name} is in none of {lists}"
    order = [places.get(id(specification), "") for specification in SPECIFICATIONS]
    for registered, place in zip(COLLECTORS, order, strict=True):
        if place and place != registered.name and isinstance(registered, DeferredSpecification):
            yield f"{place} is deferred by the name {registered.name}"
        if not place:
            yield f"{registered.name} is registered, and not in exporter/collectors"
    if order != sorted(set(order) - set(LAST)) + LAST:
        yield f"COLLECTORS are not in the order of the alphabet, then {LAST}"
    for listed in (ON_BY_DEFAULT, AWAITED, DEFERRED):
        if [one.name for one in listed] != sorted(one.name for one in listed):
            yield "a list of collectors is not in the order of the alphabet"
    names = Counter(registered.name for registered in COLLECTORS)
    yield from (f"{name} is the name of {n} collectors" for name, n in names.items() if n > 1)
    for registered in COLLECTORS:
        if (
            isinstance(registered, DeferredSpecification)
            and registered.loaded.enabled is not registered.enabled
        ):
            yield f"{registered.name} is on by default in one place and off in the other"
    yield from _faults_of_flags()


def _faults_of_flags() -> Iterator[str]:
    flags = Counter(
        flag.name
        for registered in COLLECTORS
        for flag in (registered.switch, DISABLE_DEFAULTS, *registered.flags)
    )
    flags[DISABLE_DEFAULTS.name] -= len(COLLECTORS) - 1
    for name, count in flags.items():
        if count > 1:
            yield f"--{name} is declared {count} times"
        try:
            if translated([f"--{name}"]).words != [f"--{name}"]:
                yield f"--{name} is taken for a flag of node_exporter that has another name here"
        except InputError as error:
            yield f"--{name} is refused: {error}"


if __name__ == "__main__":
    for fault in faults():
        print(fault)
