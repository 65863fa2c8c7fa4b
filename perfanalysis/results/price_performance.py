"""What a dollar an hour buys of a machine: the work that it does for good. Pure."""

from __future__ import annotations

from perfanalysis.results import lasting, work_done
from perfanalysis.results.document import FULL, Document, Level
from perfanalysis.results.work_done import Work


def per_dollar(level: Level | None, document: Document, *, mean: bool = True) -> Work | None:
    """The work of a level for each dollar an hour.

    At full load of a burstable machine that is its baseline, where it is known.

    Args:
        level: of the document.
        document: with the machine's price.
        mean: False: by its median all the same.

    Returns:
        The work; None: the level or the price is not known.
    """
    price = document.machine.price_dollars_per_hour
    if level is None or price is None:
        return None
    lent = lasting.baseline(document, mean=mean) if level.busy == FULL else None
    if lent is not None:
        return Work(lent.value, lent.lower, lent.upper).over(price)
    return work_done.of_level(level, mean=mean).over(price)
