"""Predictions and plans that the real commands made, of recordings and results as they are."""

from __future__ import annotations

import json
from pathlib import Path

from tests.workload.candidates.documents import tree
from tests.workload.commands import test_plan, test_predict

ARM = "  - {name: arm, results: arm.json, instance_type: m7g.large, provider: aws, price: 0.08}"


def recorded(folder: Path) -> Path:
    """40 hours of web-1 (a fifth busy) and web-2 (nine tenths), and four candidates."""
    folder.mkdir()
    test_predict.recorded(folder / "web-1.om.gz", "web-1", 0.2, 2400)
    test_predict.recorded(folder / "web-2.om.gz", "web-2", 0.9, 2400)
    for name, machine, full in (("small", "web-1", 100), ("large", "big", 200)):
        (folder / f"{name}.json").write_text(json.dumps(tree(machine, full)))
    arm = tree("arm-1", 60, {"architecture": "aarch64"})
    (folder / "arm.json").write_text(json.dumps(arm))
    listed = test_predict.CANDIDATES.format(large="price: 0.18")
    (folder / "c.yaml").write_text(f"{listed}{ARM}\n")
    return folder


def packable(folder: Path) -> Path:
    """Two that work by day and one by night, and three candidates."""
    folder.mkdir()
    week = 7 * 86_400
    for name, busy, late in (
        ("web-1", test_plan.DAY, 0),
        ("web-2", test_plan.DAY, week),
        ("batch", test_plan.NIGHT, 0),
    ):
        test_plan.recorded(folder / f"{name}.om.gz", name, busy, 1.7e9 + late)
    for name, full in (("small", 100), ("large", 200)):
        (folder / f"{name}.json").write_text(json.dumps(tree(name, full)))
    (folder / "c.yaml").write_text(test_plan.CANDIDATES)
    return folder


def predicted(folder: Path, *words: str, files: tuple[str, ...] = ("web-1.om.gz",)) -> str:
    """What `workload predict` prints, of ``recorded``."""
    result = test_predict.run(folder, "--source", "small", *(words or ("--json",)), files=files)
    assert result.exit_code == 0, result.output
    return result.stdout


def planned(folder: Path, *words: str) -> str:
    """What `workload plan` prints, of ``packable``."""
    result = test_plan.run(folder, *(words or ("--json",)))
    assert result.exit_code == 0, result.output
    return result.stdout
