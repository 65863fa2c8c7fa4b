#!/usr/bin/env bash
# pulp_optimal_at_limit: PuLP says "Optimal" of whatever its solver had found when its time was up.
#
# Software: PyPI's PuLP 3.3.2 with the CBC that it ships.
# Guess:    LpStatus "Optimal" means proven; a run that was ended by timeLimit has another status.
# Seen:     64 workloads cut from 16 full machines (so 16 is the least) go onto 17 after 15 seconds, when the limit
#           ends the search: solve() gives 1, LpStatus says "Optimal". Only problem.sol_status tells ("Solution
#           Found", not "Optimal Solution Found").
# Bears on: whoever packs workloads onto machines and prints the status beside the cost.
#
# Run by hand with Python 3.11 or newer. It exits with 1 when the behaviour is another one, with 2 when it cannot be
# run, also when this machine is so quick that it finds the 16, or so slow that it finds nothing.
set -euo pipefail

version=3.3.2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
{ python3 -m venv venv && venv/bin/pip install -q --disable-pip-version-check "pulp==$version"; } ||
    { echo "cannot be run: pip has no pulp==$version" >&2; exit 2; }

venv/bin/python - <<'PYTHON'
import random
import sys

import pulp

MACHINES, PARTS, CAPACITY, LIMIT = 16, 4, 1000, 15

random.seed(1)
sizes = []
for _ in range(MACHINES):
    cuts = sorted(random.sample(range(120, 880), PARTS - 1))
    sizes += [upper - lower for lower, upper in zip([0, *cuts], [*cuts, CAPACITY])]
bins = range(MACHINES + 3)
problem = pulp.LpProblem("packing", pulp.LpMinimize)
used = [pulp.LpVariable(f"used{bin}", cat="Binary") for bin in bins]
on = [[pulp.LpVariable(f"on{item}_{bin}", cat="Binary") for bin in bins] for item in range(len(sizes))]
problem += pulp.lpSum(used)
for item in range(len(sizes)):
    problem += pulp.lpSum(on[item]) == 1
for bin in bins:
    problem += pulp.lpSum(size * on[item][bin] for item, size in enumerate(sizes)) <= CAPACITY * used[bin]

status = problem.solve(pulp.PULP_CBC_CMD(msg=False, timeLimit=LIMIT))
machines = pulp.value(problem.objective)
print(f"PuLP {pulp.__version__}: {pulp.LpStatus[status]}, {machines:g} machines; {MACHINES} are enough")
print("sol_status:", pulp.LpSolution[problem.sol_status])
if problem.sol_status == pulp.LpSolutionOptimal or status == pulp.LpStatusNotSolved:
    print("cannot be run: the limit of time does not fit this machine", file=sys.stderr)
    sys.exit(2)
if (pulp.LpStatus[status], problem.sol_status) != ("Optimal", pulp.LpSolutionIntegerFeasible) or machines <= MACHINES:
    sys.exit("another behaviour than the one described above")
PYTHON
