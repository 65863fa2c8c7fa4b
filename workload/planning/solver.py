"""HiGHS, as planning uses it."""

from __future__ import annotations

import highspy


def silent_solver() -> highspy.Highs:
    """A solver that prints nothing, and runs in one thread: its answer is the same each time."""
    solver = highspy.Highs()  # type: ignore[no-untyped-call]
    # Its banner, too, is printed unless both are said before anything else.
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("log_to_console", False)
    solver.setOptionValue("threads", 1)
    solver.setOptionValue("random_seed", 1)
    return solver
