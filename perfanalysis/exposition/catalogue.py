"""Families by their names: of whoever declares some. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

from perfanalysis.exposition.families import FIELD, Family

# What the series of a histogram have behind its name, and the labels of their own.
_OF_HISTOGRAMS = (("_bucket", ("le",)), ("_sum", ()), ("_count", ()))


class Catalogue:
    """The families that were declared, in the order in which they were given.

    Args:
        families: each once; they are asked for when somebody looks for one.
    """

    def __init__(self, families: Iterable[Family] = ()) -> None:
        self._declared = families

    @cached_property
    def families(self) -> tuple[Family, ...]:
        """All of them."""
        return tuple(self._declared)

    @cached_property
    def _by_name(self) -> dict[str, Family]:
        # Made when it is asked for: few who gather families look one up by its name.
        found: dict[str, Family] = {}
        for family in self.families:
            if found.setdefault(family.name, family) is not family:
                raise ValueError(f"the family {family.name} is declared twice")
        return found

    def find(self, name: str) -> Family | None:
        """The family of that metric name, or None when no such family is declared.

        A name of a kernel's field (``node_vmstat_pgmajfault``) gives the family it is made from
        (``node_vmstat_{field}``) under that name. The names of a histogram's series give a family
        of that name, with the label ``le`` where it has it.

        Raises:
            ValueError: a family was declared twice.
        """
        if family := self._by_name.get(name):
            return family
        for suffix, labels in _OF_HISTOGRAMS:
            family = self._by_name.get(name.removesuffix(suffix)) if name.endswith(suffix) else None
            if family is not None and family.type == "histogram":
                return family._replace(name=name, labels=(*family.labels, *labels))
        fitting = [one for one in self.families if one.is_template and one.matches(name)]
        if not fitting:
            return None
        # node_memory_numa_{field} says more than node_memory_{field}.
        template = max(fitting, key=lambda one: len(one.name))
        head, tail = template.name.split(FIELD)
        return template.named(name[len(head) : len(name) - len(tail)])
