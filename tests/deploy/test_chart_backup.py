"""Backups in Kubernetes: settings and commands are ones that we take, and keys are in no text."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from operations.backup.commands.create import create
from operations.backup.commands.prune import prune
from operations.backup.commands.verify import verify
from operations.backup.settings import read_settings
from tests.deploy.chart import CHART, RELEASES, Manifest, helm, objects_of, pod_of

COMMANDS = {"create": create, "verify": verify, "prune": prune}
LEAST = "backup.enabled=true,backup.existingSecret=a,backup.settings.sources[0].name=a"


def cron_job() -> tuple[Manifest, Manifest]:
    """The job's pods, and their container."""
    (job,) = [found for found in objects_of("backup") if found["kind"] == "CronJob"]
    pod = pod_of(job)
    assert pod is not None
    (container,) = pod["containers"]
    return pod, container


def test_its_settings_are_ones_that_we_take(tmp_path: Path) -> None:
    (settings,) = [
        found
        for found in objects_of("backup")
        if found["kind"] == "ConfigMap" and "backup.yaml" in found["data"]
    ]
    (tmp_path / "backup.yaml").write_text(settings["data"]["backup.yaml"])
    found = read_settings(tmp_path / "backup.yaml")
    assert [source.name for source in found.sources] == ["portal", "metrics"]
    _, container = cron_job()
    mounted = [mount["mountPath"] for mount in container["volumeMounts"]]
    assert str(Path(found.password_file).parent) in mounted


def test_each_command_is_one_that_we_take() -> None:
    _, container = cron_job()
    assert container["command"] == ["/bin/sh", "-c"]
    lines = container["args"][0].replace('"$@"', "").replace("&&", "").splitlines()
    said = [shlex.split(line) for line in lines]
    assert [words[:3] for words in said] == [["perfanalysis", "backup", name] for name in COMMANDS]
    for words in said:
        given = [word for word in words[3:] if not word.startswith(("--settings", "--scratch"))]
        assert given == []
        flags = {option for parameter in COMMANDS[words[2]].params for option in parameter.opts}
        assert {word.partition("=")[0] for word in words[3:]} <= flags


def test_keys_come_from_secrets() -> None:
    pod, container = cron_job()
    assert container["envFrom"] == [{"secretRef": {"name": "backup-store"}}]
    secrets = [one["secret"]["secretName"] for one in pod["volumes"] if "secret" in one]
    assert secrets == ["backup-key"]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ("backup.existingSecret=", "backup.existingSecret: expected the name of the Secret"),
        ("backup.settings.sources=null", "backup.settings.sources: expected what is to be"),
        ("backup.persistence.enabled=false", "backup.settings.repository: expected where"),
        ("backup.settings.password_file=a", "at '/backup/settings'"),
    ],
)
def test_what_cannot_work_is_refused(changes: str, message: str) -> None:
    words = f"{LEAST},{changes}"
    done = helm("template", "p", CHART, "--kube-version", RELEASES[-1], "--set", words)
    assert done.returncode != 0
    assert message in done.stderr
