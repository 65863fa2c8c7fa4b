"""Which results are of one machine, and which machines two sets of results share. Pure.

A machine is known by its id (``machine_id``), else by its name, else by its host name. Machines of
one name (``localhost``) whose ids or hardware contradict each other are different ones, and so are
machines of one id that stand in one set under several names: clones of an image that kept its id. A
machine that was renamed between two sets is still found by its id. Results that tell neither id nor
name are taken for those of one machine.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from perfanalysis.results.document import Document

# Facts in which one machine does not contradict itself; what is unknown contradicts nothing.
HARDWARE = (
    "provider",
    "instance_type",
    "architecture",
    "cpu_vendor",
    "cpu_model",
    "logical_cpus",
    "sockets",
    "cores",
)
UNNAMED = "unnamed"
_ID_SHOWN = 8


@dataclass(frozen=True)
class OneMachine:
    """The results of one machine.

    Attributes:
        name: its name; empty: unknown.
        machine_id: None: unknown.
        documents: at least one, in the order given.
        label: what tells it from the other machines of the set, for people.
    """

    name: str
    machine_id: str | None
    documents: tuple[Document, ...]
    label: str


@dataclass
class _Found:
    name: str
    machine_id: str | None
    documents: list[Document] = field(default_factory=list)
    facts: dict[str, object] = field(default_factory=dict)

    def takes(self, document: Document) -> bool:
        """Whether nothing in a document of this name says that it is of another machine."""
        found = document.machine.machine_id
        if found is not None and self.machine_id is not None:
            # An id says more than hardware, which may be changed.
            return found == self.machine_id
        return all(self.facts.get(k, v) == v for k, v in _hardware(document).items())

    def add(self, document: Document) -> None:
        self.documents.append(document)
        self.facts |= _hardware(document)


def machines(documents: Iterable[Document]) -> list[OneMachine]:
    """The machines that some results are of, in the order in which they are first met."""
    every = list(documents)
    found: list[_Found] = []
    by_name: dict[str, list[_Found]] = {}
    # Those that tell an id come first, so that the others may find theirs.
    for document in sorted(every, key=lambda d: d.machine.machine_id is None):
        _place(document, found, by_name.setdefault(_name(document), []))
    places = {id(document): i for i, document in enumerate(every)}
    for one in found:
        one.documents.sort(key=lambda d: places[id(d)])
    found.sort(key=lambda one: places[id(one.documents[0])])
    return _labelled(found)


def _place(document: Document, found: list[_Found], named: list[_Found]) -> None:
    taking = [one for one in named if one.takes(document)]
    # Of several that an unknown id might be one of, none is more likely.
    without = [one for one in taking if one.machine_id is None]
    if len(taking) == 1 or (taking and document.machine.machine_id is not None):
        taking[0].add(document)
    elif without:
        without[0].add(document)
    else:
        made = _Found(_name(document), document.machine.machine_id)
        made.add(document)
        found.append(made)
        named.append(made)


def told(document: Document) -> bool:
    """Whether a result says which machine it is of."""
    return document.machine.machine_id is not None or _name(document) != ""


def clones(found: Sequence[OneMachine]) -> list[str]:
    """The ids that machines of several names have."""
    counts = Counter(one.machine_id for one in found if one.machine_id is not None)
    return [machine_id for machine_id, count in counts.items() if count > 1]


def pairs(
    first: Sequence[OneMachine], second: Sequence[OneMachine]
) -> list[tuple[OneMachine, OneMachine]]:
    """The machines that both sets have, in the order of the first; each stands in one pair."""
    shared = {*clones(first), *clones(second)}
    single = _single_names(first) & _single_names(second)
    by_both: dict[tuple[str | None, str], OneMachine]
    by_both = {(one.machine_id, one.name): one for one in second if one.machine_id is not None}
    kept = {one.machine_id for one in first} - {None, *shared}
    by_id = {one.machine_id: one for one in second if one.machine_id in kept}
    by_name = {one.name: one for one in second if one.name in single}
    found: list[tuple[OneMachine, OneMachine]] = []
    taken: set[int] = set()
    for one in first:
        # The same id and name come before an id that has changed its name.
        other = by_both.get((one.machine_id, one.name)) or by_id.get(one.machine_id)
        if other is None and (named := by_name.get(one.name)) is not None:
            # Two ids of one name are two machines; what is from before there were ids has the name.
            other = named if None in {one.machine_id, named.machine_id} else None
        if other is not None and id(other) not in taken:
            taken.add(id(other))
            found.append((one, other))
    return found


def _single_names(found: Sequence[OneMachine]) -> set[str]:
    """The names that one machine alone has."""
    counts = Counter(one.name for one in found)
    return {name for name, count in counts.items() if count == 1 and name}


def _labelled(found: Sequence[_Found]) -> list[OneMachine]:
    counts, seen = Counter(one.name for one in found), Counter[str]()
    made = []
    for one in found:
        label = one.name or UNNAMED
        seen[one.name] += 1
        if counts[one.name] > 1:
            known = one.machine_id
            mark = f"#{seen[one.name]}" if known is None else known[:_ID_SHOWN]
            label = f"{label} ({mark})"
        made.append(OneMachine(one.name, one.machine_id, tuple(one.documents), label))
    return made


def _name(document: Document) -> str:
    return document.machine.name or document.machine.hostname or ""


def _hardware(document: Document) -> dict[str, object]:
    machine = document.machine
    known = {name: getattr(machine, name) for name in HARDWARE}
    return {name: value for name, value in known.items() if value is not None}
