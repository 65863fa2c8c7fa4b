"""The alert on idle money that docs/prices.md has, for a threshold of one's own: it does fire."""

from __future__ import annotations

from pathlib import Path

import yaml

from tests.conftest import REPOSITORY
from tests.prometheus.conftest import Run

IDLE = "instance:perf_machine_idle_cost:per_hour"
_TEST = {
    "rule_files": ["example.yml"],
    "evaluation_interval": "1h",
    "tests": [
        {
            "interval": "1h",
            "input_series": [
                {
                    "series": f'{IDLE}{{cluster="{cluster}",instance="{name}",currency="USD",'
                    'purchase="effective"}',
                    "values": f"{dollars}x60",
                }
                # 511 and 438 dollars a month.
                for cluster, name, dollars in (
                    ("dear", "a", 0.4),
                    ("dear", "b", 0.3),
                    ("x", "c", 0.6),
                )
            ],
            "alert_rule_test": [
                {"alertname": "IdleMoney", "eval_time": "23h", "exp_alerts": []},
                {
                    "alertname": "IdleMoney",
                    "eval_time": "50h",
                    "exp_alerts": [
                        {
                            "exp_labels": {"cluster": "dear", "severity": "info"},
                            "exp_annotations": {
                                "summary": "Idle machines cost 511 dollars a month"
                            },
                        }
                    ],
                },
            ],
        }
    ],
}


def test_the_alert_of_the_page_fires_above_its_threshold_alone(
    promtool: Run, tmp_path: Path
) -> None:
    page = (REPOSITORY / "docs" / "prices.md").read_text()
    (block,) = [
        text.partition("```")[0]
        for text in page.split("```yaml\n")[1:]
        if "alert: IdleMoney" in text.partition("```")[0]
    ]
    (tmp_path / "example.yml").write_text(block)
    (tmp_path / "example.test.yml").write_text(yaml.safe_dump(_TEST))
    done = promtool("test", "rules", tmp_path / "example.test.yml")
    assert done.returncode == 0, done.stdout + done.stderr
