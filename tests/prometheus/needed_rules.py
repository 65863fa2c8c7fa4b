"""A unit test of rules with the rules that it is about, and no others of their files.

promtool evaluates every rule of the files that a test names, at each of its moments: for a test of
one alert, those of all others, too. What a test says by name (in its expectations, or in series of
its own), and what these rules are made from, is kept, in its groups and in their order.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

# Names of metrics, and of alerts between quotes; more than these, which keeps a rule too many.
_WORDS = re.compile(r"[A-Za-z_][\w:]*")


def name_of(rule: dict[str, Any]) -> str:
    """What the rule makes: a metric, or an alert."""
    name: str = rule.get("record") or rule["alert"]
    return name


def needed(rules: Iterable[dict[str, Any]], text: str) -> set[str]:
    """The names of the rules that ``text`` is about, and of all that these ask for."""
    words_of: dict[str, set[str]] = {}
    for rule in rules:
        words_of.setdefault(name_of(rule), set()).update(_WORDS.findall(rule["expr"]))
    found: set[str] = set()
    new = words_of.keys() & set(_WORDS.findall(text))
    while new:
        found |= new
        new = {word for name in new for word in words_of[name]} & words_of.keys() - found
    return found


def with_needed_rules(path: Path, folder: Path) -> dict[str, Any]:
    """The content of the unit test ``path``, with rule files of what it needs in ``folder``."""
    # As text: `0x30`, thirty-one zeros of promtool's, is 48 in YAML.
    content: dict[str, Any] = yaml.load(path.read_bytes(), yaml.CBaseLoader)
    for one in content["tests"]:
        for case in one.get("promql_expr_test", []):
            for sample in case.get("exp_samples", []):
                sample["value"] = float(sample["value"])
    files = [(path.parent / file).resolve() for file in content["rule_files"]]
    groups = {
        file: yaml.load(file.read_bytes(), yaml.CBaseLoader)["groups"]
        for file in dict.fromkeys(files)
    }
    every = [rule for found in groups.values() for group in found for rule in group["rules"]]
    names = needed(every, path.read_text())
    assert names, f"{path}: names no rule of {files}"
    folder.mkdir(parents=True, exist_ok=True)
    for file, found in groups.items():
        kept = [
            {**group, "rules": [rule for rule in group["rules"] if name_of(rule) in names]}
            for group in found
        ]
        (folder / file.name).write_text(
            yaml.dump({"groups": kept}, Dumper=yaml.CSafeDumper, sort_keys=False)
        )
    content["rule_files"] = [file.name for file in groups]
    return content


def write_yaml(content: dict[str, Any], path: Path) -> Path:
    """Write rules, or a unit test that was changed; returns ``path``."""
    path.write_text(yaml.dump(content, Dumper=yaml.CSafeDumper, sort_keys=False))
    return path


def made_tests(paths: Iterable[Path], folder: Path) -> list[Path]:
    """All of these unit tests with the rules that they need, each in a folder of its own."""
    return [
        write_yaml(with_needed_rules(path, folder / path.name), folder / path.name / path.name)
        for path in paths
    ]
