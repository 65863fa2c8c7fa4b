"""Kinds of work as gauges, of results in the state folder."""

from __future__ import annotations

import math
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from exporter.collectors.loadtest import SPECIFICATION
from perfanalysis.kinds import answers, shipped
from perfanalysis.kinds.answers import Answer, Refusal, Score
from perfanalysis.kinds.machine import FIGURES, Machine
from perfanalysis.kinds.reference import reference
from perfanalysis.results.document import Document
from perfanalysis.results.kernel_figures import machine_of
from tests.exporter.conftest import Collect
from tests.loadtest.kinds_results import folder, of_machine
from tests.perfanalysis.kinds.machines import machine

HEADLINES = list(shipped.headlines())


@pytest.fixture
def shown(tmp_path: Path, collect: Collect) -> Any:
    """What the exporter shows of results."""
    (tmp_path / "proc").mkdir()

    def of(documents: list[Document]) -> dict[str, float]:
        folder(tmp_path / "state" / "results", documents)
        flag = f"--collector.loadtest.directory={tmp_path / 'state'}"
        found = collect(SPECIFICATION, tmp_path, flag)
        return {name: value for name, value in found.items() if name.startswith("perf_kind_")}

    return of


def test_each_kind_against_the_reference(shown: Any) -> None:
    documents = of_machine("web-1", model=1, speeds={"crypto": 2.0})
    found, one = shown(documents), machine_of(documents)
    assert one is not None
    for kind in HEADLINES:
        answer = answers.compare(shipped.kind(kind), one, reference())
        assert isinstance(answer, Answer)
        label = f'{{kind="{kind}"}}'
        assert found[f"perf_kind_work_ratio{label}"] == pytest.approx(answer.ratio)
        assert found[f"perf_kind_work_ratio_lower{label}"] == pytest.approx(answer.lower)
        assert found[f"perf_kind_work_ratio_upper{label}"] == pytest.approx(answer.upper)
        assert found[f"perf_kind_timestamp_seconds{label}"] == documents[0].timestamp_seconds
    (info,) = [name for name in found if name.startswith('perf_kind_info{kind="cache-server"')]
    assert 'kernels="divide,crypto_blake2b,' in info
    assert f'reference="{reference().name}"' in info


@pytest.mark.parametrize(
    ("documents", "kinds"),
    [
        (of_machine("a", kernels=("memread_16k",)), []),
        (of_machine("a", kernels=("divide",)), HEADLINES),
        (of_machine("a", valid=False, invalid_reasons=["steal: much"]), []),
        (of_machine("a", settings={"spread": "all", "nice": 19}), []),
        ([], []),
    ],
)
def test_kinds_whose_kernels_were_not_measured_are_absent(
    shown: Any, documents: list[Document], kinds: list[str]
) -> None:
    found = shown(documents)
    names = [name for name in found if name.startswith("perf_kind_work_ratio{")]
    assert names == [f'perf_kind_work_ratio{{kind="{kind}"}}' for kind in kinds]


def test_the_oldest_run_and_what_lies_outside_are_told(shown: Any) -> None:
    documents = of_machine("a", timestamp_seconds=2000.0, speeds={"memread": 50.0})
    old = of_machine("a", kernels=("divide",), timestamp_seconds=1000.0)
    found = shown([*(d for d in documents if d.kernel != "divide"), *old])
    assert found['perf_kind_timestamp_seconds{kind="general"}'] == 1000
    assert found['perf_kind_outside_learned{kind="general"}'] == 1
    assert found['perf_kind_outside_learned{kind="crypto"}'] in {0, 1}


def test_the_reference_has_every_figure_of_a_kind_with_metrics() -> None:
    known = {name for one in shipped.headlines().values() for name in one.models[0].kernels}
    assert known <= set(reference().figures) <= {figure.name for figure in FIGURES}
    for learned in shipped.headlines().values():
        model = learned.models[0]
        assert model.outside(reference()) == (), learned.kind


def score(one: Machine, kind: str) -> Score:
    """What metrics say of a machine."""
    learned = shipped.kind(kind)
    answer = answers.compare(learned, one, reference())
    model = learned.model_for(dict.fromkeys(one.figures))
    assert isinstance(answer, Answer)
    assert model is not None
    bare = Machine(one.name, 1, 1, one.architecture, one.cpu_model, {})
    return Score(bare, answer.ratio, model.mark, reference().name)


@pytest.mark.parametrize("kind", HEADLINES)
@pytest.mark.parametrize("models", [(0, 0), (0, 1), (1, 3)])
def test_metrics_of_two_machines_say_what_their_figures_say(
    kind: str, models: tuple[int, int]
) -> None:
    one, other = machine(4, models[0], divide=9e3), machine(16, models[1])
    told = answers.of_scores(shipped.kind(kind), score(one, kind), score(other, kind))
    asked = answers.compare(shipped.kind(kind), one, other)
    assert isinstance(told, Answer)
    assert isinstance(asked, Answer)
    for name in ("ratio", "lower", "upper"):
        assert math.isclose(getattr(told, name), getattr(asked, name), rel_tol=1e-9)
    assert (told.used, told.method) == (asked.used, asked.method)


def test_scores_of_other_kernels_or_references_are_not_held_together() -> None:
    one = score(machine(), "general")
    for other in (one._replace(mark="00000000"), one._replace(reference="another")):
        found = answers.of_scores(shipped.kind("general"), one, other)
        assert isinstance(found, Refusal)
    few = machine()
    few = Machine(
        "few", 8, 2, few.architecture, few.cpu_model, {"divide_single": 2000.0, "divide": 8e3}
    )
    found = answers.of_scores(shipped.kind("general"), one, score(few, "general"))
    assert isinstance(found, Refusal)
    assert "other kernels" in found.why


def test_to_answer_loads_no_numpy() -> None:
    code = (
        "import sys; from perfanalysis.results.kind_families import samples_of_kinds; "
        "from perfanalysis.kinds import answers, shipped, reference; shipped.headlines(); "
        "sys.exit('numpy' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
