"""The user data of each provider, as OpenTofu makes it, is what cloud-init and systemd take."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from loadtest.commands.run import run as run_load_test
from perfanalysis.fast_yaml import load_fast
from tests.conftest import REPOSITORY
from tests.deploy.cloud_config import SCHEMA, check_cloud_config
from tests.deploy.terraform.conftest import (
    MODULES,
    PROVIDERS,
    SHA256,
    Tofu,
    cost_document,
    needs_tofu,
)

pytestmark = needs_tofu
TOOLS = REPOSITORY / ".tools"
MACHINES = [{"instance_type": "type.large", "count": 1, "purchase": "on_demand"}]
# As the modules fill them in.
VALUES = {
    "aws": "",
    "azure": 'vault = "https://comparisons.vault.azure.net"',
    "google": 'project = "comparisons"',
    "oracle": 'secrets = { portal-key = "ocid1.vaultsecret.oc1.example" }',
}
MAIN = """
module "comparison" {
  source          = "SOURCE"
  provider_name   = "fake"
  regions         = ["here"]
  name            = "rendered"
  machines        = jsondecode(file("${path.module}/machines.json"))
  hours           = 2
  budget          = 2
  cost_file       = "${path.module}/cost.json"
  release_url     = "https://files.example/perfanalysis-0.2.0.tar.gz"
  release_sha256  = "SHA256"
  portal_url      = "https://portal.example"
  portal_key_name = "portal-key"
  remote_write_url      = "https://mimir.example/api/v1/push"
  remote_write_key_name = "mimir-key"
  loadtest_options = ["--kernel=all", "--quick"]
  boot_scripts = {
    fetch_secret    = templatefile("FETCH", { VALUES })
    destroy_machine = file("DESTROY")
  }
}

output "user_data" {
  value = one(values(module.comparison.user_data))
}
"""


@pytest.fixture(scope="module")
def rendered(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """By provider; in a copy, for tofu takes modules by relative paths from where they stand."""
    found = {}
    deploy = tmp_path_factory.mktemp("rendered") / "deploy"
    for name in ("cloud-init", "systemd", "terraform"):
        shutil.copytree(MODULES.parent / name, deploy / name)
    for provider in PROVIDERS:
        folder = deploy / "terraform" / f"of-{provider}"
        folder.mkdir()
        (fetch,) = (MODULES / provider / "boot").glob("fetch-secret.sh*")
        text = MAIN.replace("SOURCE", "../comparison").replace("SHA256", SHA256)
        text = text.replace("FETCH", str(fetch)).replace("VALUES", VALUES[provider])
        destroy = MODULES / provider / "boot" / "destroy-machine.sh"
        (folder / "main.tf").write_text(text.replace("DESTROY", str(destroy)))
        (folder / "machines.json").write_text(json.dumps(MACHINES))
        (folder / "cost.json").write_text(json.dumps(cost_document(MACHINES)))
        tofu = Tofu(folder, deploy / f"data-{provider}")
        tofu.must("init", "-input=false")
        tofu.must("apply", "-auto-approve", "-input=false", f"-state={tofu.state}")
        found[provider] = tofu.must("output", "-raw", f"-state={tofu.state}", "user_data")
    return found


def written(config: dict[str, Any]) -> dict[str, str]:
    return {entry["path"]: entry["content"] for entry in config["write_files"]}


@pytest.mark.parametrize("provider", PROVIDERS)
def test_it_is_what_cloud_init_takes(rendered: dict[str, str], provider: str) -> None:
    if not SCHEMA.is_file():
        pytest.skip("cloud-init's schema is not on this machine: scripts/setup-tests brings it")
    text = rendered[provider]
    # The least that a provider takes (AWS), as it is.
    assert len(text.encode()) < 16 * 1024
    check_cloud_config(text)


@pytest.mark.parametrize("provider", PROVIDERS)
def test_cloud_init_itself_says_so(rendered: dict[str, str], provider: str, tmp_path: Path) -> None:
    packages = [TOOLS / "cloud-init", *TOOLS.glob("python3-*")]
    if len(packages) < 10:
        pytest.skip("cloud-init cannot run here: scripts/setup-runtimes brings what it needs")
    path = tmp_path / "user-data"
    path.write_text(rendered[provider])
    folders = [str(package / "usr/lib/python3/dist-packages") for package in packages]
    checked = subprocess.run(
        ["/usr/bin/python3", "-m", "cloudinit.cmd.main", "schema", "-c", str(path)],
        env={"PYTHONPATH": ":".join(folders), "PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert "Valid" in checked.stdout


@pytest.mark.parametrize("provider", PROVIDERS)
def test_its_commands_are_ours_and_its_scripts_are_sound(
    rendered: dict[str, str], provider: str, tmp_path: Path
) -> None:
    config = load_fast(rendered[provider])
    files = written(config)
    lines = files["/etc/systemd/system/perfanalysis-loadtest.service.d/comparison.conf"]
    (command,) = [line for line in lines.splitlines() if line.startswith("ExecStart=/")]
    words = command.split()[1:]
    assert words[:2] == ["loadtest", "run"]
    run_load_test.make_context("run", words[2:]).close()
    (pip,) = [one for one in config["runcmd"] if one[0].endswith("/pip") and "perf" in one[-1]]
    assert pip[-1].endswith(f"perfanalysis-0.2.0.tar.gz#sha256={SHA256}")
    # The time limit comes first; what is started last is as it was.
    assert len(config["bootcmd"]) == 1
    assert config["runcmd"][-1] == ["systemctl", "start", "perfanalysis-loadtest.timer"]
    scripts = [content for path, content in files.items() if "/sbin/" in path]
    assert len(scripts) == 3
    for number, text in enumerate([config["bootcmd"][0][2], *scripts]):
        script = tmp_path / f"script-{number}"
        script.write_text(text if text.startswith("#!") else f"#!/bin/sh\n{text}")
        assert subprocess.run(["sh", "-n", str(script)], check=False).returncode == 0
        if shutil.which("shellcheck"):
            checked = subprocess.run(["shellcheck", script], capture_output=True, check=False)
            assert (checked.returncode, checked.stdout) == (0, b"")


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd-analyze on PATH")
def test_systemd_finds_nothing_wrong_in_its_units(rendered: dict[str, str], tmp_path: Path) -> None:
    files = written(load_fast(rendered["aws"]))
    units = []
    for path, content in files.items():
        if "/systemd/system/" in path:
            here = tmp_path / path.split("/systemd/system/")[1]
            here.parent.mkdir(exist_ok=True)
            here.write_text(content.replace("/opt/perfanalysis/bin/perfanalysis", "/bin/true"))
            units += [str(here)] if here.parent == tmp_path else []
    sbin = "/usr/local/sbin/perfanalysis-fetch-keys"
    keys = tmp_path / "perfanalysis-keys.service"
    keys.write_text(keys.read_text().replace(sbin, "/bin/true"))
    verified = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *units],
        env=os.environ | {"SYSTEMD_UNIT_PATH": f"{tmp_path}:"},
        capture_output=True,
        text=True,
        check=False,
    )
    ours = [line for line in verified.stderr.splitlines() if "perfanalysis" in line]
    assert (verified.returncode, ours) == (0, [])
