"""Files that set other programs up for a tenant: these read them, and no key is in them."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
import uuid
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from demo.servers import prometheus_program
from loadtest.app import COMMANDS
from perfanalysis.cli import run
from perfanalysis.errors import InputError
from perfanalysis.fast_yaml import load_all_fast, load_fast
from portal.tenancy.snippets import vmauth
from portal.tenancy.snippets.all_of_them import snippets
from portal.tenancy.snippets.settings import SnippetSettings
from tests.conftest import REPOSITORY
from tests.deploy.chart import rendered
from tests.portal.conftest import Database
from tests.portal.serving import portal
from tests.prometheus.conftest import alertmanager_program

TENANT = uuid.UUID("9c5b94b1-35ad-49bb-b118-8e8fc24abf80")
SETTINGS = SnippetSettings(TENANT, "search", "https://portal.example/", "https://m.example")
TEXTS = {one.name: one.text for one in snippets(SETTINGS)}


def test_all_of_them() -> None:
    assert list(TEXTS) == [
        "prometheus.yml",
        "alertmanager.yml",
        "measure.sh",
        "values.yaml",
        "grafana-organisation.json",
        "grafana-datasources.yaml",
        "vmauth-victoriametrics.yml",
        "vmauth-victoriametrics-single.yml",
        "vmauth-mimir.yml",
        "mimir-runtime.yaml",
    ]


def with_files(text: str, folder: Path) -> str:
    """The text with files that are there in place of those that it names."""
    for name in set(re.findall(r"/etc/\w+/[\w-]+", text)):
        own = folder / name.replace("/", "_")
        own.write_text("key")
        text = text.replace(name, str(own))
    return text


def checked(program: str | Path, *words: str) -> None:
    done = subprocess.run([program, *words], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_promtool_reads_it(tmp_path: Path) -> None:
    program = prometheus_program("promtool")
    if not program:
        pytest.skip("needs promtool")
    file = tmp_path / "prometheus.yml"
    file.write_text(with_files(TEXTS["prometheus.yml"], tmp_path))
    checked(program, "check", "config", str(file))
    (write,) = load_fast(TEXTS["prometheus.yml"])["remote_write"]
    assert write["headers"] == {"X-Scope-OrgID": str(TENANT)}


def test_amtool_reads_it(tmp_path: Path) -> None:
    file = tmp_path / "alertmanager.yml"
    file.write_text(with_files(TEXTS["alertmanager.yml"], tmp_path))
    checked(alertmanager_program("amtool"), "check-config", str(file))


def test_the_load_test_takes_its_flags() -> None:
    words = shlex.split(TEXTS["measure.sh"].partition("exec ")[2].replace("\\\n", ""))
    assert words[:3] == ["perfanalysis", "loadtest", "run"]
    command = COMMANDS["run"].load()
    # It would fail at an option that is not there.
    command.make_context("run", words[3:]).close()
    checked("/bin/sh", "-n", "-c", TEXTS["measure.sh"])


def test_the_chart_takes_its_values(tmp_path: Path) -> None:
    file = tmp_path / "values.yaml"
    file.write_text(TEXTS["values.yaml"])
    objects = [one for one in load_all_fast(rendered(f"--values={file}")) if one]
    (job,) = [one for one in objects if one["kind"] == "CronJob"]
    # Tenants share nodes, and a node has one exporter.
    assert not [one for one in objects if one["kind"] == "DaemonSet"]
    (pod,) = [job["spec"]["jobTemplate"]["spec"]["template"]["spec"]]
    words = pod["containers"][0]["args"]
    assert f"--remote-write-header=X-Scope-OrgID: {TENANT}" in words
    (upload,) = [word for word in words if word.startswith("--upload-bearer-token-file=")]
    mounts = {one["mountPath"] for one in pod["containers"][0]["volumeMounts"]}
    assert str(Path(upload.partition("=")[2]).parent) in mounts


def test_grafana() -> None:
    assert json.loads(TEXTS["grafana-organisation.json"])["name"].startswith("search ")
    (source,) = load_fast(TEXTS["grafana-datasources.yaml"])["datasources"]
    assert source["secureJsonData"] == {
        "httpHeaderValue1": str(TENANT),
        "httpHeaderValue2": "Bearer $__file{/etc/grafana/secrets/metrics-key}",
    }


@pytest.mark.parametrize("name", [name for name in TEXTS if name.startswith("vmauth-")])
def test_vmauth_reads_it(tmp_path: Path, name: str) -> None:
    built = sorted((REPOSITORY / ".tools" / "victoria-metrics-built").glob("vmauth-*"))
    program = shutil.which("vmauth") or (built[-1] if built else None)
    if program is None:
        pytest.skip("no vmauth here: scripts/build-vmauth builds it where Go is present")
    file = tmp_path / name
    file.write_text(TEXTS[name])
    done = subprocess.run(
        [program, f"-auth.config={file}", "-dryRun"],
        capture_output=True,
        text=True,
        check=False,
        env={vmauth.variable(SETTINGS): "what-lets-in"},
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("name", ["vmauth-victoriametrics.yml", "vmauth-mimir.yml"])
@pytest.mark.parametrize(
    ("path", "let_through"),
    [
        ("/prometheus/api/v1/query", True),
        ("/prometheus/api/v1/query_range", True),
        ("/prometheus/api/v1/label/job/values", True),
        ("/prometheus/api/v1/status/buildinfo", True),
        ("/api/v1/push", True),
        ("/prometheus/api/v1/admin/tsdb/delete_series", False),
        ("/prometheus/api/v1/label/job/values/../../admin", False),
        ("/prometheus/api/v1/status/active_queries", False),
        ("/prometheus/api/v1/queries", False),
    ],
)
def test_a_key_writes_and_asks_and_deletes_nothing(name: str, path: str, let_through: bool) -> None:
    (user,) = load_fast(TEXTS[name])["users"]
    # vmauth holds them to the whole path.
    paths = [one for entry in user["url_map"] for one in entry["src_paths"]]
    assert any(re.fullmatch(one, path) for one in paths) == let_through


def test_no_two_tenants_share_a_part_of_an_engine() -> None:
    found = {SnippetSettings(uuid.UUID(int=at), "x").account for at in range(1000)}
    assert len(found) == 1000
    assert all(0 <= part < 2**32 for account in found for part in account)


def test_mimir_takes_its_id_for_a_name() -> None:
    limits = load_fast(TEXTS["mimir-runtime.yaml"])["overrides"]
    assert list(limits) == [str(TENANT)]


@pytest.mark.parametrize(
    "url",
    [
        "ftp://x",
        "https://u:p@x",
        "https://x/?a=b",
        "https://x/$(id)",
        "https://x/'",
        "https://x/\n",
    ],
)
def test_what_no_file_should_have(url: str) -> None:
    with pytest.raises(InputError):
        snippets(SnippetSettings(TENANT, "search", portal_url=url))
    with pytest.raises(InputError):
        snippets(SnippetSettings(TENANT, "search", metrics_url=url))


def test_by_command_and_by_api(
    engine: Engine, database: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    operator = portal(engine, "ops", is_operator=True)
    one = portal(engine, "search")
    path = f"/api/v1/tenants/{one.id}/snippets"
    asked = {"portal_url": "https://p.example"}
    own: dict[str, Any] = one.ok("GET", path, params=asked)
    assert operator.ok("GET", path, params=asked) == own
    one.no("GET", f"/api/v1/tenants/{operator.id}/snippets", 404)
    one.no("GET", path, 422, params={"metrics_url": "nonsense"})
    words = ["tenant", "snippets", "search", "--portal-url", "https://p.example"]
    folder = tmp_path / "files"
    where = ["--database", database.url]
    assert run(["portal", *words, "--output", str(folder), *where]) == 0
    texts = {row["name"]: row["text"] for row in own["snippets"]}
    assert {file.name: file.read_text() for file in folder.iterdir()} == texts
    assert run(["portal", *words, *where]) == 0
    said = capsys.readouterr().out
    assert all(text in said for text in texts.values())
    for key in (one.key, operator.key):
        assert key[16:] not in said + json.dumps(own)
