"""docs/quick-start.md from top to bottom, on a machine whose Prometheus scrapes the exporter.

The load test on the way drives all CPUs.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from demo.servers import free_port, start_prometheus
from tests.conftest import REPOSITORY
from tests.docs import page_world

PAGE = REPOSITORY / "docs" / "quick-start.md"
CHECK = "perfanalysis report check --config report.yaml"
LEFT_OUT = {
    "^make demo": "tests/e2e/test_demo.py runs it",
    "activate": "the program is on the PATH here",
}
# What people see by themselves: nothing to report before the second scrape.
SCRAPED = """
until promtool query instant "$PROMETHEUS" 'count_over_time(up{job="node"}[1m]) > 2' | grep -q node
do sleep 0.3; done
"""


@pytest.mark.e2e
@pytest.mark.long
def test_its_commands_end_with_a_report(tmp_path: Path) -> None:
    ports = {port: str(free_port()) for port in ("9100", "9090")}
    (tmp_path / "prometheus.yml").write_text(
        "global: {scrape_interval: 2s, scrape_timeout: 2s}\n"
        f"rule_files: [{REPOSITORY}/prometheus/rules/*.yml]\n"
        "scrape_configs:\n  - job_name: node\n"
        f"    static_configs: [{{targets: ['127.0.0.1:{ports['9100']}']}}]\n"
    )
    path = page_world.program(tmp_path)
    text = page_world.script(PAGE, tmp_path, LEFT_OUT, ports)
    begin = text.index("echo '@ docs/quick-start.md", text.index("curl --fail"))
    server, url = start_prometheus(
        tmp_path / "prometheus.yml",
        tmp_path / "data",
        tmp_path / "prometheus.log",
        port=int(ports["9090"]),
    )
    try:
        text = text[:begin] + SCRAPED + text[begin:]
        # Other tests may disturb the run: then it has to be told to go on, and `check` says
        # what the report lacks.
        text = text.replace(
            "\nperfanalysis loadtest run\n", "\nperfanalysis loadtest run --force\n"
        )
        text = text.replace(f"\n{CHECK}\n", f"\n{CHECK} || [ $? -eq 1 ]\n")
        done = page_world.run(text, tmp_path, path, PROMETHEUS=url)
    finally:
        server.stop()
    assert done.returncode == 0, done.stderr[-3000:]
    assert (tmp_path / "report.pdf").read_bytes().startswith(b"%PDF")
    assert "perf_loadtest_max_units_per_second" in done.stdout
