"""Receivers from flags and from a file; what is wrong is named, secrets are not shown."""

from __future__ import annotations

import json
from importlib import resources
from pathlib import Path

import msgspec
import pytest
from jsonschema import Draft202012Validator

from loadtest.outputs import wanted
from loadtest.outputs.options import OutputFlags
from loadtest.outputs.wanted import find_outputs
from perfanalysis.delivery.credentials import Credentials
from perfanalysis.errors import InputError
from perfanalysis.strict_yaml import load_yaml
from tests.loadtest.outputs.conftest import SHORT, Command

GOOD = """\
destinations:
  - kind: upload
    url: https://portal.example/api/v1/results
    key_variable: PORTAL_KEY
  - kind: remote-write
    url: https://mimir.example/api/v1/push
    username: "12345"
    key_file: {key}
    headers: {{X-Scope-OrgID: team-a}}
    labels: {{cluster: eu-1}}
    live: false
"""


def test_a_file_of_receivers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTAL_KEY", "abc")
    key = tmp_path / "key"
    key.write_text("secret")
    file = tmp_path / "deliver.yaml"
    file.write_text(GOOD.format(key=key))
    upload, write = find_outputs(OutputFlags(deliver_config=file))
    assert upload.destination.endpoint.credentials == Credentials(variable="PORTAL_KEY")
    assert not upload.live
    assert write.destination.endpoint.credentials == Credentials(file=str(key), username="12345")
    assert write.destination.endpoint.headers == {"X-Scope-OrgID": "team-a"}
    assert (write.labels, write.live) == ({"cluster": "eu-1"}, False)


def test_the_schema_for_editors_names_the_same_fields() -> None:
    text = resources.files("loadtest").joinpath("deliver.schema.json").read_text()
    schema = json.loads(text)
    ours = msgspec.json.schema(wanted._Receivers)["$defs"]["_Receiver"]
    receiver = schema["properties"]["destinations"]["items"]
    assert receiver["properties"].keys() == ours["properties"].keys()
    assert receiver["required"] == ours["required"]
    plain = {name: said for name, said in ours["properties"].items() if "$ref" not in str(said)}
    for name, said in plain.items():
        for word in ("type", "enum", "minLength", "pattern"):
            if word != "type" or "enum" not in said:
                found = receiver["properties"][name].get(word)
                assert (sorted(found) if word == "enum" and found else found) == said.get(word)
    Draft202012Validator(schema).validate(load_yaml(GOOD.format(key="key").encode(), "here"))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[", "valid YAML"),
        ("5", "expected a mapping with the key 'destinations'"),
        ("destinations: []", "destinations: expected a list with at least one receiver"),
        (
            "destinations: [{kind: upload}]",
            r"destinations\[0\]: expected a mapping with the keys 'kind' and 'url'",
        ),
        (
            "destinations: [{kind: mail, url: 'http://a/'}]",
            r"destinations\[0\].kind: expected upload, remote-write or grafana-live",
        ),
        (
            "destinations: [{kind: upload, url: 'http://a/', key: hunter2}]",
            r"destinations\[0\].key: expected one of kind, url, bearer_token_file, ",
        ),
        (
            "destinations: [{kind: upload, url: 'http://a/', key_variable: 'hunter2 !'}]",
            r"destinations\[0\].key_variable: expected the name of an environment variable",
        ),
        ("{5: 6}", "5: expected one of destinations"),
        (
            "destinations: [{kind: upload, url: 'http://a/', key_file: }]",
            r"destinations\[0\].key_file: expected a path",
        ),
        (
            "destinations: [{kind: upload, url: 'http://a/', headers: {a.b: 5}}]",
            r"destinations\[0\].headers.a.b: expected one line of ASCII text",
        ),
        (
            "destinations: [{kind: upload, url: 'http://a/', headers: {X-A: 5}}]",
            r"destinations\[0\].headers.X-A: expected one line of ASCII text",
        ),
        (
            "destinations: [{kind: upload, url: 'http://a/', tls: {ca: f}}]",
            r"destinations\[0\].tls.ca: expected one of ca_file, cert_file, key_file",
        ),
        (
            "destinations: [{kind: upload, url: 'http://me:hunter2@a/'}]",
            r"destinations\[0\]: url: expected a URL without user and password",
        ),
        (
            "destinations: [{kind: remote-write, url: 'http://a/', username: 12345}]",
            r"destinations\[0\].username: expected a user's name as text",
        ),
        (
            "destinations: [{kind: upload, url: 'http://a/', labels: {a: b}}]",
            r"destinations\[0\]: labels: expected no such field with kind upload",
        ),
        (
            "destinations: [{kind: upload, url: 'http://a/', key_file: /absent}]",
            "/absent: expected a readable key file",
        ),
        (
            "destinations: [{kind: upload, url: 'http://a/'}, {kind: upload, url: 'http://a/'}]",
            "http://a/: expected each receiver once",
        ),
    ],
)
def test_a_wrong_file(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "deliver.yaml"
    file.write_text(text)
    with pytest.raises(InputError, match=said) as raised:
        find_outputs(OutputFlags(deliver_config=file))
    assert "hunter2" not in str(raised.value)


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (["--upload-url", "portal"], "--upload-url: expected an http://"),
        (["--remote-write-url", "http://a:b@c/"], "without user and password"),
        (
            ["--remote-write-url", "http://a/", "--remote-write-label", "x"],
            "--remote-write-label: expected a label such as",
        ),
        (
            ["--remote-write-url", "http://a/", "--remote-write-username", "me"],
            "--remote-write-username: expected --remote-write-basic-auth-password-file or",
        ),
        (["--upload-url", "http://a/", "--upload-key-file", "/absent"], "/absent: expected a"),
        (
            ["--upload-url", "http://a/", "--upload-ca-file", "/absent"],
            "--upload-ca-file: expected",
        ),
        (["--deliver-config", "/absent.yaml"], "/absent.yaml: expected a readable file"),
        (["--upload-key-file", "key"], "--upload-key-file: expected --upload-url beside it"),
        (["--remote-write-label", "a=b"], "--remote-write-label: expected --remote-write-url"),
    ],
)
def test_wrong_flags_end_the_run_before_anything_is_measured(
    command: Command, tmp_path: Path, flags: list[str], said: str
) -> None:
    done = command("run", *SHORT, *flags)
    assert done.returncode == 2, done.stderr
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert list(tmp_path.rglob("*.json")) == []


def test_files_without_a_receiver(command: Command, tmp_path: Path) -> None:
    done = command("deliver", str(tmp_path / "x.json"))
    assert done.returncode == 2
    assert "FILES: expected --upload-url" in done.stderr
