"""deploy/terraform by parsing: what docs/cloud.md says of the providers holds in their modules."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import hcl2
import pytest

from tests.conftest import REPOSITORY
from tests.deploy.terraform.conftest import MODULES, PROVIDERS, Tofu, needs_tofu, program

FILES = sorted(MODULES.rglob("*.tf"))
FOLDERS = sorted({path.parent for path in FILES})
# What is written of a resource, of a data source, of this module, or of a block's own.
_REFERENCE = re.compile(r"(?<![\w.\"$-])((?:data\.)?[a-z]+(?:_[a-z0-9]+)*)\.([a-z_0-9]+)")
_OWN = {"path", "each", "self", "count", "terraform"}


def plain(value: Any) -> Any:
    """What a file says, with its strings as they are meant."""
    if isinstance(value, dict):
        kept = (item for item in value.items() if not item[0].startswith("__"))
        return {plain(key): plain(one) for key, one in kept}
    if isinstance(value, list):
        return [plain(one) for one in value]
    if isinstance(value, str) and len(value) > 1 and value[0] == value[-1] == '"':
        return value[1:-1]
    return value


def blocks(folder: Path, kind: str) -> dict[str, Any]:
    """All blocks of a kind in a module, by their labels with points between."""
    found: dict[str, Any] = {}
    for path in sorted(folder.glob("*.tf")):
        with path.open() as file:
            said = plain(hcl2.load(file))
        for entry in said.get(kind, []):
            while len(entry) == 1 and isinstance(next(iter(entry.values())), dict):
                ((label, inner),) = entry.items()
                found_key = label
                if kind in {"resource", "data"}:
                    ((name, body),) = inner.items()
                    found_key, inner = f"{label}.{name}", body
                found[found_key] = inner
                break
            else:
                found.setdefault("", {}).update(entry)
    return found


def text_of(folder: Path) -> str:
    """The files of a module, without comments and without what stands between quotes alone."""
    lines = "\n".join(path.read_text() for path in sorted(folder.glob("*.tf"))).splitlines()
    return "\n".join(line for line in lines if not line.strip().startswith("#"))


def names_of(folder: Path) -> set[str]:
    """What an expression of a module may begin with."""
    found = {f"var.{name}" for name in blocks(folder, "variable")}
    found |= {f"local.{name}" for name in blocks(folder, "locals").get("", {})}
    found |= {f"module.{name}" for name in blocks(folder, "module")}
    found |= set(blocks(folder, "resource"))
    return found | {f"data.{name}" for name in blocks(folder, "data")}


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: str(path.relative_to(MODULES)))
def test_what_a_module_refers_to_is_there(folder: Path) -> None:
    known = names_of(folder)
    kinds = {name.split(".")[0] for name in known if not name.startswith("data.")}
    text = text_of(folder)
    used = set(re.findall(r"\b(?:var|local|module)\.[a-z_0-9]+", text))
    prefix = r"(?:aws|azurerm|google|oci|terraform)_[a-z_0-9]+"
    used |= set(re.findall(rf"\bdata\.{prefix}\.[a-z_0-9]+", text))
    used |= {
        one
        for one in re.findall(rf"(?<![.\w\"]){prefix}\.[a-z_0-9]+", text)
        if one.split(".")[0] in kinds or one.split(".")[0].count("_")
    }
    assert used - known == set()
    # Whatever is declared is used.
    unused = {one for one in known if one.startswith(("var.", "local."))} - used
    assert unused == set()


@pytest.mark.parametrize("provider", PROVIDERS)
def test_the_comparison_gets_all_that_it_wants(provider: str) -> None:
    given = blocks(MODULES / provider, "module")["comparison"]
    assert given["source"] == "../comparison"
    assert set(given) - {"source"} == set(blocks(MODULES / "comparison", "variable"))
    # All take the same object.
    one, other = (blocks(MODULES / name, "variable")["comparison"] for name in (provider, "aws"))
    assert one == other


@pytest.mark.parametrize("provider", PROVIDERS)
def test_an_example_gives_what_its_module_wants(provider: str) -> None:
    folder = MODULES / provider / "examples" / "compare-instances"
    variables = blocks(MODULES / provider, "variable")
    needed = {name for name, said in variables.items() if "default" not in said}
    given = set(blocks(folder, "module")["machines"]) - {"source"}
    assert needed <= given <= set(variables)
    values = json.loads((folder / "terraform.tfvars.json").read_text())
    assert set(values) == set(blocks(folder, "variable"))
    wanted = blocks(MODULES / provider, "terraform")[""]["required_providers"]
    assert blocks(folder, "terraform")[""]["required_providers"] == wanted


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: str(path.relative_to(MODULES)))
def test_no_secret_gets_into_the_state(folder: Path) -> None:
    kinds = {name.split(".")[0] for name in blocks(folder, "data")}
    kinds |= {name.split(".")[0] for name in blocks(folder, "resource")}
    bad = re.compile(r"password|private_key|random_|secret_version|ssm_parameter|access_key|bundle")
    assert [kind for kind in kinds if bad.search(kind)] == []
    assert "key_vault_secret" not in " ".join(kinds)


def test_a_machine_of_aws_that_powers_off_is_gone() -> None:
    resources = blocks(MODULES / "aws", "resource")
    machine = resources["aws_instance.machine"]
    assert machine["instance_initiated_shutdown_behavior"] == "terminate"
    (disk,) = machine["root_block_device"]
    assert (disk["delete_on_termination"], disk["encrypted"]) == (True, True)
    (metadata,) = machine["metadata_options"]
    assert metadata == {"http_tokens": "required", "http_put_response_hop_limit": 1}
    assert "ingress" not in json.dumps(resources["aws_security_group.machines"])
    (target,) = resources["aws_scheduler_schedule.expiry"]["target"]
    assert "ec2:terminateInstances" in target["arn"]


def test_google_deletes_a_machine_by_itself() -> None:
    resources = blocks(MODULES / "google", "resource")
    machine = resources["google_compute_instance.machine"]
    (scheduling,) = machine["scheduling"]
    assert scheduling["instance_termination_action"] == "DELETE"
    (limit,) = scheduling["max_run_duration"]
    assert limit["seconds"] == "${floor(var.comparison.hours * 3600) + 900}"
    wall = resources["google_compute_firewall.nothing_comes_in"]
    assert (wall["direction"], wall["priority"], wall["deny"]) == (
        "INGRESS",
        0,
        [{"protocol": "all"}],
    )


def test_azure_and_oracle_let_nothing_in_and_stop_machines_at_last() -> None:
    azure = blocks(MODULES / "azure", "resource")
    (rule,) = azure["azurerm_network_security_group.nothing_comes_in"]["security_rule"]
    assert (rule["direction"], rule["access"], rule["priority"]) == ("Inbound", "Deny", 100)
    assert "azurerm_dev_test_global_vm_shutdown_schedule.expiry" in azure
    assert "public_ip" not in json.dumps(azure)
    oracle = blocks(MODULES / "oracle", "resource")
    out = oracle["oci_core_network_security_group_security_rule.out"]
    assert out["direction"] == "EGRESS"
    assert oracle["oci_resource_scheduler_schedule.expiry"]["action"] == "STOP_RESOURCE"
    (address,) = oracle["oci_core_instance.machine"]["create_vnic_details"]
    assert address["assign_public_ip"] == "false"


@needs_tofu
def test_files_are_formatted() -> None:
    done = subprocess.run(
        [str(program()), "fmt", "-check", "-diff", "-recursive", str(MODULES)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, "")


@needs_tofu
def test_what_is_common_validates_and_passes_its_own_tests(tmp_path: Path) -> None:
    # A copy of what is kept, for lock files and folders.
    for name in ("cloud-init", "systemd", "terraform/comparison"):
        shutil.copytree(MODULES.parent / name, tmp_path / "deploy" / name)
    tofu = Tofu(tmp_path / "deploy" / "terraform" / "comparison", tmp_path / "data")
    tofu.must("init", "-input=false", "-backend=false")
    assert "valid" in tofu.must("validate", "-no-color")
    assert re.search(r"Success! \d+ passed, 0 failed", tofu.must("test", "-no-color"))


@pytest.mark.long
@pytest.mark.timeout(900)
def test_checkov_finds_nothing_that_is_not_argued() -> None:
    checkov = REPOSITORY / ".tools" / "checkov" / "bin" / "checkov"
    if not checkov.is_file():
        pytest.skip("checkov is not on this machine: scripts/setup-runtimes brings it")
    words = ["--framework", "terraform", "--skip-download", "--compact", "--output", "json"]
    done = subprocess.run(
        [str(checkov), "--directory", str(MODULES), *words],
        env={"PATH": os.environ["PATH"], "LOG_LEVEL": "ERROR"},
        capture_output=True,
        text=True,
        check=False,
    )
    found = json.loads(done.stdout)
    failed = [f"{one['check_id']} {one['resource']}" for one in found["results"]["failed_checks"]]
    assert failed == []
    # It has read them, with their modules.
    assert found["summary"]["parsing_errors"] == 0
    assert found["summary"]["passed"] > 80
