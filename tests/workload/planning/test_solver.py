from __future__ import annotations

import subprocess
import sys


def test_the_solver_prints_nothing() -> None:
    """In a process of its own: HiGHS prints its banner once in each, below Python's output."""
    program = (
        "from workload.planning.solver import silent_solver\n"
        "for _ in range(2):\n"
        "    solver = silent_solver()\n"
        "    solver.addVar(0, 1)\n"
        "    solver.run()\n"
        "print('ours')\n"
    )
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)

    assert found.stdout == b"ours\n"
