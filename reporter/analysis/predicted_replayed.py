"""How near a prediction came to the replay on the machine that it was for. Pure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from reporter.asking.replay_documents import ReplayedPrediction


@dataclass(frozen=True)
class PredictionScore:
    """Over the ticks of which all is known, and that the machine has room for.

    Attributes:
        ticks: that were compared.
        mean_recorded, mean_predicted, mean_replayed: busy ratios.
        mean_absolute_error: of the prediction to what was replayed, a ratio of CPU time.
        bias: predicted less replayed.
        held: ticks in which the interval held what was replayed.
        driving_error: mean distance of what was replayed to what replay drove at: of the distance
            above so much may be replay's own.
        unreachable: ticks that needed more than the machine has; they are not compared.
    """

    ticks: int
    mean_recorded: float
    mean_predicted: float
    mean_replayed: float
    mean_absolute_error: float
    bias: float
    held: int
    driving_error: float
    unreachable: int

    @property
    def held_ratio(self) -> float:
        """The share of the ticks in which the interval held."""
        return self.held / self.ticks


def score(found: ReplayedPrediction) -> PredictionScore | None:
    """How near it came; None: no tick can be compared."""
    columns = (found.recorded, found.predicted, found.lower, found.upper)
    known = np.isfinite([*columns, found.target, found.replayed]).all(axis=0)
    beyond = known & (found.target > 1 + 1e-9)
    kept = known & ~beyond
    if not kept.any():
        return None
    recorded, predicted, lower, upper = (one[kept] for one in columns)
    target, replayed = found.target[kept], found.replayed[kept]
    error = predicted - replayed
    return PredictionScore(
        int(kept.sum()),
        float(recorded.mean()),
        float(predicted.mean()),
        float(replayed.mean()),
        float(np.abs(error).mean()),
        float(error.mean()),
        int(((lower <= replayed) & (replayed <= upper)).sum()),
        float(np.abs(replayed - target).mean()),
        int(beyond.sum()),
    )
