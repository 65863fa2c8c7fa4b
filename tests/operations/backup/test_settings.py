"""The file of settings, and what is wrong with it."""

from __future__ import annotations

from pathlib import Path

import pytest

from operations.backup.settings import read_settings
from perfanalysis.errors import InputError

HEAD = "repository: /srv/backup\npassword_file: /etc/key\n"


def test_all_kinds_of_sources(tmp_path: Path) -> None:
    path = tmp_path / "backup.yaml"
    path.write_text(
        HEAD
        + """
textfile: /var/lib/node_exporter/backup.prom
keep: {last: 2, daily: 3, weekly: 4, monthly: 5}
sources:
  - {kind: prometheus, name: metrics, url: "http://127.0.0.1:9090", data: /var/lib/prometheus}
  - {kind: victoria-metrics, name: long, url: "http://127.0.0.1:8428", data: /vm, queries: [up]}
  - {kind: postgresql, name: portal, host: 127.0.0.1, dbname: portal, user: backup}
  - {kind: sqlite, name: prices, path: prices.sqlite}
  - {kind: folder, name: spool, path: /var/lib/perfanalysis/spool}
"""
    )
    found = read_settings(path)
    kinds = ["prometheus", "victoria-metrics", "postgresql", "sqlite", "folder"]
    assert [source.kind for source in found.sources] == kinds
    flags = ["--keep-last=2", "--keep-daily=3", "--keep-weekly=4", "--keep-monthly=5"]
    assert found.keep.flags() == flags
    assert found.textfile == Path("/var/lib/node_exporter/backup.prom")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("sources: []", "sources: expected"),
        ("sources: [{kind: tape, name: a}]", "sources[0]"),
        ("sources: [{kind: folder, name: a}]", "sources[0].path: expected"),
        ("sources: [{kind: folder, name: a/b, path: c}]", "sources[0].name: expected"),
        ("sources: [{kind: folder, name: a, path: b, pth: c}]", "pth"),
        (
            "sources: [{kind: folder, name: a, path: b}, {kind: sqlite, name: a, path: b}]",
            "sources[1].name: expected a name that no other has",
        ),
        ("sources: [{kind: prometheus, name: a, url: ftp://x, data: b}]", "sources[0].url"),
        ("sources: [{kind: postgresql, name: a, password: geheim}]", "password"),
        ("sources: [{kind: folder, name: a, path: b}]\nkeep: {last: 0}", "keep.last"),
    ],
)
def test_what_is_unusable_is_named(text: str, said: str, tmp_path: Path) -> None:
    path = tmp_path / "backup.yaml"
    path.write_text(f"{HEAD}{text}\n")
    with pytest.raises(InputError) as caught:
        read_settings(path)
    assert said in str(caught.value)
    assert str(path) in str(caught.value)
    assert "geheim" not in str(caught.value)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="No such file"):
        read_settings(tmp_path / "none.yaml")
