"""YAML read by libyaml: the values that PyYAML itself reads."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from perfanalysis.fast_yaml import load_all_fast, load_fast
from tests.conftest import REPOSITORY

FILES = sorted(
    (
        REPOSITORY / "docker-compose.yml",
        REPOSITORY / "prometheus" / "prometheus.yml",
        *(REPOSITORY / "prometheus" / "alerts").glob("cpu.yml"),
    )
)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_the_values_are_those_of_the_slow_loader(path: Path) -> None:
    assert load_fast(path.read_bytes()) == yaml.safe_load(path.read_bytes())


def test_documents_come_in_order() -> None:
    assert list(load_all_fast("a: 1\n---\nb: yes\n")) == [{"a": 1}, {"b": True}]


def test_what_is_no_yaml_is_refused() -> None:
    with pytest.raises(yaml.YAMLError):
        load_fast("a: [")
    with pytest.raises(yaml.YAMLError):
        load_fast("!!python/object/apply:os.getcwd []")
