"""How busy candidates would be: Prometheus and VictoriaMetrics say what interpolation says."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from demo.servers import start_prometheus
from perfanalysis.fast_yaml import load_fast
from perfanalysis.promql import Engine, Series
from tests.grafana.hour import stores
from tests.prometheus.conftest import PROMETHEUS
from tests.workload.candidates.documents import tree
from tests.workload.commands.test_predict import recorded
from workload.app import workload

pytestmark = pytest.mark.e2e
NOW = float(int(time.time()) - 60)
BUSY = (0.0, 0.07, 0.5, 0.5000001, 0.93, 1.0)


def lines(folder: Path) -> list[tuple[str, float]]:
    """What `workload predict --metrics` writes of a bent curve: series, and values."""
    recorded(folder / "web-1.om.gz", "web-1", 0.5, ticks=20)
    small, large = tree("web-1", 100), tree("big", 130)
    large["levels"][0]["units_per_second"] = 90
    large["levels"][0] |= {"lower": 88, "upper": 92}
    for name, document in (("small", small), ("large", large)):
        (folder / f"{name}.json").write_text(json.dumps(document))
    (folder / "c.yaml").write_text(
        "candidates: [{name: small, results: small.json}, {name: large, results: large.json}]"
    )
    words = ["predict", str(folder / "web-1.om.gz"), "--candidates", str(folder / "c.yaml")]
    words += ["--metrics", str(folder / "a.prom"), "--csv"]
    assert CliRunner().invoke(workload, words, catch_exceptions=False).exit_code == 0
    text = (folder / "a.prom").read_text().splitlines()
    pairs = (line.rsplit(" ", 1) for line in text if not line.startswith("#"))
    return [(name, float(value)) for name, value in pairs]


def labelled(text: str) -> dict[str, str]:
    name, _, rest = text.rstrip("}").partition("{")
    labels = dict(part.split("=", 1) for part in rest.split(","))
    return {"__name__": name} | {key: value.strip('"') for key, value in labels.items()}


@pytest.fixture(scope="module")
def series(tmp_path_factory: pytest.TempPathFactory) -> list[Series]:
    """These at six moments, and the machine as busy as ``BUSY`` at them."""
    times = NOW - 10.0 * np.arange(len(BUSY))[::-1]
    found = lines(tmp_path_factory.mktemp("predicted"))
    made = [Series(labelled(name), times, np.full(len(times), value)) for name, value in found]
    busy = {"__name__": "instance:node_cpu_busy:ratio_rate5m", "job": "node", "instance": "web-1"}
    return [*made, Series(busy, times, np.array(BUSY))]


@pytest.fixture(params=["prometheus", "victoria"])
def engine(
    request: pytest.FixtureRequest, tmp_path: Path, series: list[Series]
) -> Iterator[Engine]:
    if request.param == "victoria":
        with stores.empty_victoria_metrics(tmp_path) as url:
            stores.write(url, series, None)
            stores.flush(url)
            yield Engine(url)
        return
    (tmp_path / "prometheus.yml").write_text(stores.CONFIGURATION)
    log = tmp_path / "prometheus.log"
    server, url = start_prometheus(tmp_path / "prometheus.yml", tmp_path / "data", log)
    try:
        stores.write(url, series, None)
        yield Engine(url)
    finally:
        server.stop()


def test_both_engines_interpolate(engine: Engine, series: list[Series]) -> None:
    content = load_fast((PROMETHEUS / "rules" / "predicted.yml").read_bytes())
    (rule,) = content["groups"][0]["rules"]
    found = engine.query_range(rule["expr"], NOW - 50, NOW, 10)
    assert len(found) == 6
    for one in found:
        own = {name: one.labels[name] for name in ("candidate", "bound")}
        knots = {
            float(s.labels["busy"]) / 100: float(s.values[0])
            for s in series
            if s.labels["__name__"] == "perf_predicted_curve_ratio"
            and own.items() <= s.labels.items()
        }
        expected = np.interp(BUSY, sorted(knots), [knots[at] for at in sorted(knots)])
        assert one.values == pytest.approx(expected, abs=1e-9)
