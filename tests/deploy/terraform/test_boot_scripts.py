"""What a machine runs for its provider, before servers that stand in for the provider's."""

from __future__ import annotations

import base64
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from tests.conftest import REPOSITORY
from tests.deploy.terraform.conftest import MODULES

METADATA = "169.254.169.254"
HOSTS = (
    "ssm.eu-central-1.amazonaws.com",
    "comparisons.vault.azure.net",
    "management.azure.com",
    "secretmanager.googleapis.com",
    "compute.googleapis.com",
)
Asked = Callable[..., dict[str, Any]]


@pytest.fixture
def ask(tmp_path: Path) -> Asked:
    """Run a script of a provider, with the answers that it gets."""
    if os.geteuid() != 0 or not shutil.which("openssl") or not shutil.which("curl"):
        pytest.skip("needs root, openssl and curl")
    names = ",".join(f"DNS:{host}" for host in HOSTS)
    words = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
    words += ["-nodes", "-days", "2", "-subj", "/CN=stand-in", "-addext", f"subjectAltName={names}"]
    files = ["-keyout", str(tmp_path / "key.pem"), "-out", str(tmp_path / "certificate.pem")]
    subprocess.run([*words, *files], check=True, capture_output=True)
    (tmp_path / "bin").mkdir()
    for name in ("sleep", "systemctl"):
        program = tmp_path / "bin" / name
        program.write_text(f'#!/bin/sh\necho "{name} $*"\n')
        program.chmod(0o755)

    def run(script: str, *words: str, answers: dict[str, str]) -> dict[str, Any]:
        (tmp_path / "answers.json").write_text(json.dumps(answers))
        (tmp_path / "script").write_text(script)
        command = ["sh", str(tmp_path / "script"), *words]
        module = [sys.executable, "-m", "tests.deploy.terraform.stand_in", str(tmp_path)]
        done = subprocess.run(
            ["unshare", "--net", "--mount", *module, *command],
            cwd=REPOSITORY,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        found = json.loads(done.stdout)
        assert isinstance(found, dict)
        return found

    return run


def script(path: str, **values: str) -> str:
    """A script of ``deploy/terraform``, with what OpenTofu would fill in."""
    text = (MODULES / path).read_text()
    return re.sub(r"(?<!\$)\$\{(\w+)\}", lambda match: values[match[1]], text) if values else text


def test_aws_gives_a_parameter_to_a_request_that_is_signed_as_it_wants(ask: Asked) -> None:
    credentials = {"AccessKeyId": "AKIDEXAMPLE", "SecretAccessKey": "se/cret+", "Token": "tok/en=="}
    about = f"{METADATA}/latest/meta-data"
    answers = {
        f"PUT {METADATA}/latest/api/token": "imds-token",
        f"GET {about}/placement/region": "eu-central-1",
        f"GET {about}/services/domain": "amazonaws.com",
        f"GET {about}/iam/security-credentials/": "machines",
        f"GET {about}/iam/security-credentials/machines": json.dumps(credentials),
        "POST ssm.eu-central-1.amazonaws.com/": '{"Parameter": {"Value": "perf_the_key\\n"}}',
    }
    found = ask(script("aws/boot/fetch-secret.sh"), "perfanalysis/portal-key", answers=answers)
    assert (found["status"], found["out"]) == (0, "perf_the_key\n"), found["errors"]
    *metadata, sent = found["asked"]
    assert all("x-aws-ec2-metadata-token" in one["headers"] for one in metadata[1:])
    assert json.loads(sent["body"]) == {"Name": "perfanalysis/portal-key", "WithDecryption": True}
    headers = sent["headers"]
    signed = re.search(r"SignedHeaders=([^,]+), ?Signature=(\w+)", headers["authorization"])
    assert signed is not None
    names = signed[1].split(";")
    assert {"host", "x-amz-date", "x-amz-security-token", "x-amz-target"} <= set(names)
    request = AWSRequest(
        "POST",
        "https://ssm.eu-central-1.amazonaws.com/",
        headers={name: headers[name] for name in names},
        data=sent["body"],
    )
    request.context["timestamp"] = headers["x-amz-date"]
    known = Credentials(credentials["AccessKeyId"], credentials["SecretAccessKey"], "tok/en==")
    botocores = SigV4Auth(known, "ssm", "eu-central-1")
    text = botocores.string_to_sign(request, botocores.canonical_request(request))
    assert botocores.signature(text, request) == signed[2]


def test_a_machine_of_aws_powers_off_and_does_nothing_else(ask: Asked) -> None:
    found = ask(script("aws/boot/destroy-machine.sh"), answers={})
    assert found["out"] == "systemctl poweroff --no-block\nsleep 300\n"
    # Whoever is still there has not been destroyed.
    assert (found["status"], found["asked"]) == (1, [])


def test_azure_gives_a_secret_and_deletes_the_machine(ask: Asked) -> None:
    tokens = f"GET {METADATA}/metadata/identity/oauth2/token?api-version=2018-02-01&resource="
    vault = "https://comparisons.vault.azure.net"
    secret = "GET comparisons.vault.azure.net/secrets/portal-key?api-version=7.4"
    answers = {
        f"{tokens}https%3A%2F%2Fvault.azure.net": '{"access_token": "for-the-vault"}',
        secret: '{"value": "perf_the_key"}',
    }
    fetch = script("azure/boot/fetch-secret.sh.tftpl", vault=vault)
    found = ask(fetch, "portal-key", answers=answers)
    assert (found["status"], found["out"]) == (0, "perf_the_key\n"), found["errors"]
    assert found["asked"][0]["headers"]["metadata"] == "true"
    assert found["asked"][1]["headers"]["authorization"] == "Bearer for-the-vault"
    own = "/subscriptions/1/resourceGroups/c/providers/Microsoft.Compute/virtualMachines/m-1"
    about = "instance/compute/resourceId?api-version=2021-02-01&format=text"
    deleted = f"DELETE management.azure.com{own}?api-version=2024-07-01&forceDeletion=true"
    answers = {
        f"GET {METADATA}/metadata/{about}": own,
        f"{tokens}https%3A%2F%2Fmanagement.azure.com%2F": '{"access_token": "for-the-api"}',
        deleted: "",
    }
    found = ask(script("azure/boot/destroy-machine.sh"), answers=answers)
    assert [one["place"] for one in found["asked"]] == list(answers)
    assert found["asked"][-1]["headers"]["authorization"] == "Bearer for-the-api"
    assert "systemctl" not in found["out"]


def test_google_gives_a_secret_and_deletes_the_machine(ask: Asked) -> None:
    about = "GET metadata.google.internal/computeMetadata/v1/instance"
    token = {f"{about}/service-accounts/default/token": '{"access_token": "goog"}'}
    kept = json.dumps({"payload": {"data": base64.b64encode(b"perf_the_key\n").decode()}})
    place = "/v1/projects/comparisons/secrets/portal-key/versions/latest:access"
    answers = token | {f"GET secretmanager.googleapis.com{place}": kept}
    fetch = script("google/boot/fetch-secret.sh.tftpl", project="comparisons")
    found = ask(fetch, "portal-key", answers=answers)
    assert (found["status"], found["out"]) == (0, "perf_the_key\n"), found["errors"]
    assert found["asked"][0]["headers"]["metadata-flavor"] == "Google"
    zone = "projects/123/zones/europe-west4-a"
    answers = token | {
        f"{about}/zone": zone,
        f"{about}/name": "m-1",
        f"DELETE compute.googleapis.com/compute/v1/{zone}/instances/m-1": "{}",
    }
    found = ask(script("google/boot/destroy-machine.sh"), answers=answers)
    assert [one["place"] for one in found["asked"]] == list(answers)
    assert found["asked"][-1]["headers"]["authorization"] == "Bearer goog"
    assert "systemctl" not in found["out"]


@pytest.mark.parametrize("provider", ["aws", "azure", "google"])
def test_a_secret_that_is_not_given_is_no_secret(ask: Asked, provider: str) -> None:
    (path,) = (MODULES / provider / "boot").glob("fetch-secret.sh*")
    text = (
        script(str(path.relative_to(MODULES)), project="p", vault="https://v")
        if (path.suffix == ".tftpl")
        else path.read_text()
    )
    found = ask(text, "portal-key", answers={})
    assert found["status"] != 0
    assert found["out"] == ""


@pytest.mark.parametrize("name", ["begin-deadline.sh.tftpl", "perfanalysis-done.service.tftpl"])
def test_what_hangs_while_it_destroys_is_ended_and_tried_again(name: str, tmp_path: Path) -> None:
    text = (MODULES / "comparison" / "boot" / name).read_text()
    (command,) = re.findall(r"^Exec\w+=\+?/bin/sh -c '(until .*destroy-machine.*)'$", text, re.M)
    script = tmp_path / "destroy"
    # Hangs, then the provider says no, then it is done.
    script.write_text(
        f"#!/bin/sh\necho tried >>{tmp_path}/tried\n"
        f"case $(wc -l <{tmp_path}/tried) in 1) exec sleep 1000 ;; 2) exit 1 ;; esac\n"
    )
    script.chmod(0o755)
    quick = {"timeout 600": "timeout 1", "sleep 30": "sleep 0.1"}
    quick["/usr/local/sbin/perfanalysis-destroy-machine"] = str(script)
    for long, short in quick.items():
        assert long in command
        command = command.replace(long, short)
    subprocess.run(["/bin/sh", "-c", command], check=True, timeout=120)
    assert (tmp_path / "tried").read_text().splitlines() == ["tried"] * 3
