"""What the method says of recorded machines of two clouds, whose curves disagree with sysbench."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from perfanalysis.recordings.reading import read
from tests.workload.captured import record
from workload.prediction.candidate import Candidate, WorkCurve
from workload.prediction.predict import Predictor
from workload.prediction.wishes import Wishes
from workload.usage_of import usage_of

# Events a second of `sysbench cpu` with two threads, as its logs beside the captures have them.
OCI_EVENTS, AZURE_EVENTS = 4667.69, 2039.64


def training(path: Path) -> WorkCurve:
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    unknown = np.full(len(rows), np.nan)
    busy = np.array([row["busy"] / 100 for row in rows])
    return WorkCurve(busy, np.array([float(row["units"]) for row in rows]), unknown, unknown)


def events(count: float) -> WorkCurve:
    unknown = np.array([np.nan])
    return WorkCurve(np.array([1.0]), np.array([count]), unknown, unknown)


@pytest.fixture
def machines(captures: Path) -> list[Candidate]:
    oci = {"rmw": (training(captures / "oci.training.jsonl"),)}
    azure = {"rmw": (training(captures / "azure-pcd-server-01.training.jsonl"),)}
    oci["sysbench"], azure["sysbench"] = (events(OCI_EVENTS),), (events(AZURE_EVENTS),)
    return [Candidate(name, 2, 4e9, of) for name, of in (("oci", oci), ("azure", azure))]


def test_the_answer_is_a_range_over_two_kinds_of_work_that_disagree(
    captures: Path, machines: list[Candidate], tmp_path: Path
) -> None:
    """Half busy on OCI: a third busy on Azure by the old unit, more than full by sysbench."""
    record(captures / "oci-vm01.jsonl.gz", tmp_path / "oci.om.gz", "oci")
    usage = usage_of(read(tmp_path / "oci.om.gz"))
    assert usage.cpus.max() == 2
    found: dict[str, tuple[float, float, float]] = {}
    for name, mix in (("rmw", {"rmw": 1.0}), ("sysbench", {"sysbench": 1.0}), ("all", {})):
        prediction = Predictor(machines, Wishes(mix=mix)).predict(usage, machines[0])
        band = prediction.busy.at(1).at(prediction.percents.index(50.0))
        found[name] = (float(band.value), float(band.lower), float(band.upper))
    assert found["rmw"][0] == pytest.approx(0.506 / 1.505, abs=0.005)
    assert found["sysbench"][0] == pytest.approx(0.506 * OCI_EVENTS / AZURE_EVENTS, abs=0.005)
    assert found["all"][1] == pytest.approx(found["rmw"][0], abs=1e-6)
    assert found["all"][2] == pytest.approx(found["sysbench"][0], abs=1e-6)


SPANS: list[tuple[str, Callable[[float], bool]]] = [
    ("oci-vm01.jsonl.gz", lambda censored: censored == 0),
    ("replay-source-oci.jsonl.gz", lambda censored: censored > 0.9),
]


@pytest.mark.parametrize(("capture", "expected"), SPANS)
def test_a_machine_in_a_load_test_hides_its_demand(
    captures: Path,
    machines: list[Candidate],
    tmp_path: Path,
    capture: str,
    expected: Callable[[float], bool],
) -> None:
    record(captures / capture, tmp_path / "x.om.gz", "x")
    prediction = Predictor(machines, Wishes()).predict(
        usage_of(read(tmp_path / "x.om.gz")), machines[0]
    )
    assert expected(prediction.demand.censored)
    assert prediction.is_lower_bound is (prediction.demand.censored > 0)
