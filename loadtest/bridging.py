"""The bridging run: this installation's kernel and another one's, in turns on one machine.

Each is run by its own Python in a process of its own, as people would run it, so that the other
one needs nothing that it does not have. Which of both is first changes from turn to turn: what
drifts over the run meets both alike.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from perfanalysis.errors import InputError, PerfAnalysisError
from perfanalysis.estimates.bridging import Bridge, of_turns
from perfanalysis.results import conditions, reading
from perfanalysis.results.bridge import BridgeDocument, Turn, Version
from perfanalysis.results.document import Document

# Runs of both must agree in all conditions but these.
_MAY_DIFFER = {"kernel_version", "compiler_family", "instruction_set"}
_INTERPRETERS = ("bin/python3", "bin/python")


@dataclass(frozen=True)
class BridgePlan:
    """What a bridging run does.

    Attributes:
        old: the other installation's Python.
        kernel: its name.
        turns: how many.
        seconds: of full load in each run.
        force: also on a busy machine.
    """

    old: Path
    kernel: str
    turns: int
    seconds: float
    force: bool


def interpreter(given: Path) -> Path:
    """The Python of another installation.

    Args:
        given: it, or the folder of its virtual environment.

    Raises:
        InputError: there is none.
    """
    for path in [given / name for name in _INTERPRETERS] if given.is_dir() else [given]:
        if path.is_file() and os.access(path, os.X_OK):
            return path.absolute()
    expected = "the folder of a virtual environment, or its bin/python"
    raise InputError("--old", "", expected, str(given))


def measure(plan: BridgePlan, say: Callable[[str], None]) -> BridgeDocument:
    """Run both in turns.

    Args:
        plan: what is done.
        say: is told what each turn found.

    Raises:
        PerfAnalysisError: a run failed, was disturbed, or both have the same version.
    """
    pairs: list[tuple[Document, Document]] = []
    turns: list[Turn] = []
    with tempfile.TemporaryDirectory(prefix="perfanalysis-bridge-") as folder:
        for number in range(plan.turns):
            old_first = number % 2 == 0
            order = [plan.old, Path(sys.executable)]
            found = [_run(each, plan, Path(folder)) for each in order[:: 1 if old_first else -1]]
            old, new = found[:: 1 if old_first else -1]
            _check(old, new, pairs)
            pairs.append((old, new))
            turns.append(_turn(old, new, old_first=old_first))
            say(
                f"turn {number + 1} of {plan.turns}: version {old.kernel_version} did "
                f"{turns[-1].old:.5g} units/s, version {new.kernel_version} {turns[-1].new:.5g}"
            )
    return _document(turns, *pairs[-1])


def _turn(old: Document, new: Document, *, old_first: bool) -> Turn:
    assert old.max_units_per_second is not None
    assert new.max_units_per_second is not None
    return Turn(
        old=old.max_units_per_second,
        new=new.max_units_per_second,
        old_first=old_first,
        old_test_id=old.test_id,
        new_test_id=new.test_id,
    )


def _document(turns: Sequence[Turn], old: Document, new: Document) -> BridgeDocument:
    found = bridge_of(turns)
    interval = found.interval
    return BridgeDocument(
        bridge_id=f"{new.test_id}-bridge-from-{old.kernel_version}",
        kernel=new.kernel,
        timestamp_seconds=max(old.timestamp_seconds, new.timestamp_seconds),
        machine=new.machine,
        old=_version(old),
        new=_version(new),
        turns=tuple(turns),
        ratio=found.value,
        lower=interval.lower,
        upper=interval.upper,
    )


def bridge_of(turns: Sequence[Turn]) -> Bridge:
    """The ratio of new to old that some turns have found."""
    return of_turns([turn.old for turn in turns], [turn.new for turn in turns])


def _version(run: Document) -> Version:
    assert run.build is not None
    return Version(
        kernel_version=run.kernel_version,
        perfanalysis=(run.software or {}).get("perfanalysis", "unknown"),
        build=run.build,
    )


def _run(python: Path, plan: BridgePlan, folder: Path) -> Document:
    """One run of full load by an installation.

    Raises:
        PerfAnalysisError: it failed, or what it printed is no result that can be used.
    """
    words = ["run", "--kernel", plan.kernel, "--levels", "100", "--cloud", "off", "--wait", "600"]
    words += ["--seconds-per-level", f"{plan.seconds:g}", "--seed", "1", "--json", "--quiet"]
    words += ["--state-directory", str(folder)] + (["--force"] if plan.force else [])
    # Another installation is not to find this one's modules.
    environment = {k: v for k, v in os.environ.items() if k not in {"PYTHONPATH", "PYTHONHOME"}}
    if python == Path(sys.executable):
        environment = dict(os.environ)
    done = subprocess.run(
        [python, "-m", "perfanalysis", "loadtest", *words],
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
        env=environment,
    )
    if done.returncode != 0:
        last = done.stderr.strip().splitlines()[-1:] or [f"exit status {done.returncode}"]
        raise PerfAnalysisError(f"{python}: the load test failed: {last[0]}")
    try:
        found = reading.parse(done.stdout.encode(), f"the result of {python}")
    except InputError as error:
        raise PerfAnalysisError(str(error)) from error
    if found.max_units_per_second is None or found.build is None:
        raise PerfAnalysisError(f"{python}: its result tells no rate at full load, or no build")
    if found.valid is not True and not plan.force:
        reasons = json.dumps(list(found.invalid_reasons or ())[:1])
        raise PerfAnalysisError(f"{python}: the run was disturbed {reasons}: try again, or --force")
    return found


def _check(old: Document, new: Document, before: Sequence[tuple[Document, Document]]) -> None:
    """Both must differ by the kernel alone, and each be the same in all turns.

    Raises:
        PerfAnalysisError: they are not.
    """
    if old.kernel_version == new.kernel_version:
        raise PerfAnalysisError(
            f"both installations have version {new.kernel_version} of the kernel {new.kernel}: "
            "their results are comparable without a bridge"
        )
    for one, other in [(old, new), *(zip(before[-1], (old, new), strict=True) if before else ())]:
        found = conditions.comparable(conditions.of(one), conditions.of(other))
        names = {difference.name for difference in found}
        if names - (_MAY_DIFFER if other is new and one is old else set()):
            shown = ", ".join(sorted(names))
            raise PerfAnalysisError(f"{one.test_id} and {other.test_id} differ in: {shown}")
