"""File, environment and command line: what each can say, which beats which, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator

from perfanalysis.errors import InputError
from reporter.settings.flags import Given, given, setting_flags
from reporter.settings.sources import SCHEMA, settings

FILE = """
title: of the file
machines: [a, b]
from: 2027-01-15T08:00:00Z
logo: logo.svg
prometheus:
  url: http://file:9090
  timeout: 5
  tls: {ca_file: ca.pem}
  headers: {X-Scope-OrgID: file}
deliver:
  - folder: {path: out}
"""


def given_by(
    monkeypatch: pytest.MonkeyPatch, file: Path | None, words: list[str], **variables: str
) -> Given:
    found: list[Given] = []

    @click.command()
    @setting_flags()
    def command(config_file: Path | None, **flags: Any) -> None:
        found.append(given(config_file, flags))

    for name, text in variables.items():
        monkeypatch.setenv(f"PERFANALYSIS_REPORT_{name}", text)
    arguments = [*(["--config", str(file)] if file else []), *words]
    command.main(args=arguments, standalone_mode=False)
    return found[0]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "report.yaml"
    path.write_text(FILE)
    return path


def test_the_command_line_beats_the_environment_which_beats_the_file(
    monkeypatch: pytest.MonkeyPatch, file: Path
) -> None:
    all_given = given_by(
        monkeypatch,
        file,
        ["--title", "of the flag", "--prometheus-headers", "X-Scope-OrgID: flag"],
        TITLE="of the environment",
        KERNEL="triad",
        PROMETHEUS_TIMEOUT="7.5",
        PROMETHEUS_HEADERS="X-Scope-OrgID: environment\nX-Other: 1",
        MACHINES="c, d",
    )
    config = all_given.config
    assert (config.title, config.kernel, config.machines) == ("of the flag", "triad", ("c", "d"))
    assert (config.url, config.access.timeout_seconds) == ("http://file:9090", 7.5)
    assert config.access.endpoint.headers == {"X-Scope-OrgID": "flag"}
    assert config.access.endpoint.ca_file == str(file.parent / "ca.pem")
    assert config.logo == file.parent / "logo.svg"
    assert config.start == "2027-01-15T08:00:00+00:00"
    assert config.deliver == ({"folder": {"path": str(file.parent / "out")}},)
    assert (all_given.where("machines"), all_given.where("title")) == (
        "environment",
        "command line",
    )


def test_every_setting_has_a_flag_and_a_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    examples = {"boolean": "true", "integer": "3", "number": "2.5", "object": "X-A: 1"}
    words, variables = [], {}
    for setting in settings():
        name = setting.path[-1]
        kind = str(setting.schema.get("type"))
        if name == "deliver":
            text = "{folder: {path: out}}"
        elif name in {"from", "to"}:
            text = "now"
        elif name == "window":
            text = "5m"
        elif name == "url":
            text = "http://x"
        elif setting.path[0] == "rightsizing":
            text = str(setting.schema["maximum"])
        elif "examples" in setting.schema:
            text = setting.schema["examples"][0]
        elif "enum" in setting.schema:
            text = setting.schema["enum"][-1]
        else:
            text = examples.get(kind, "word")
        # Each beside basic_auth.password_file would be one too many.
        if name in {"bearer_token_file", "bearer_token_variable", "password_variable"}:
            continue
        words += [setting.flag] if kind == "boolean" else [setting.flag, text]
        variables[setting.variable.removeprefix("PERFANALYSIS_REPORT_")] = text
    by_flags = given_by(monkeypatch, None, words)
    by_variables = given_by(monkeypatch, None, [], **variables)
    assert by_flags.config == by_variables.config
    assert by_flags.config.access.endpoint.insecure_skip_verify
    assert by_flags.config.access.endpoint.credentials.username == "word"
    assert len(words) > 50


def test_the_schema_is_one_and_its_examples_fit() -> None:
    Draft202012Validator.check_schema(dict(SCHEMA))
    for setting in settings():
        assert setting.schema["description"].endswith("."), setting
        assert setting.schema["x-expected"], setting
        if "default" in setting.schema:
            Draft202012Validator(dict(setting.schema)).validate(setting.schema["default"])
    assert json.dumps(SCHEMA)


@pytest.mark.parametrize(
    ("words", "variables", "message"),
    [
        ([], {"TITEL": "x"}, "environment: PERFANALYSIS_REPORT_TITEL: expected one of"),
        ([], {"PROMETHEUS_RETRIES": "many"}, "RETRIES: expected a whole number from 0 to 20"),
        ([], {"FROM": "soon"}, "environment: PERFANALYSIS_REPORT_FROM: expected a time such as"),
        (["--prometheus-retries", "-1"], {}, "--prometheus-retries: expected a whole number"),
        (["--purchase", "free"], {}, "command line: --purchase: expected one of on_demand"),
        (["--format", "doc"], {}, "command line: --format: expected one of pdf, html, json, csv"),
        (["--deliver", "folder"], {}, "command line: --deliver[0]: expected one of folder, email"),
        (["--deliver", "{folder: {}}"], {}, "--deliver[0].folder: expected a mapping with the key"),
        (["--deliver", "{ftp: {}}"], {}, "command line: --deliver[0].ftp: expected one of"),
        (
            ["--prometheus-headers", "Authorization: Bearer hunter2"],
            {},
            "command line: --prometheus-header: expected another name of a header",
        ),
        (
            ["--rightsizing-percentile", "50"],
            {},
            "command line: --rightsizing-percentile: expected a number from 90 to 99.5, found 50",
        ),
        (
            ["--rightsizing-headroom-percent", "31"],
            {},
            "--rightsizing-headroom-percent: expected a number of percent from 0 to 30, found 31",
        ),
        (
            ["--rightsizing-look-back-days", "14.5"],
            {},
            "--rightsizing-look-back-days: expected a whole number of days from 14 to 93",
        ),
        (
            [],
            {"RIGHTSIZING_LOOK_BACK_DAYS": "94"},
            "RIGHTSIZING_LOOK_BACK_DAYS: expected a whole number of days from 14 to 93, found 94",
        ),
        (["--prometheus", "http://u:hunter2@x"], {}, "--prometheus: expected a URL such as"),
        (
            ["--prometheus-basic-auth-username", "u"],
            {},
            "prometheus.basic_auth.username: expected prometheus.basic_auth.password_file",
        ),
        (
            ["--prometheus-basic-auth-username", "u", "--prometheus-bearer-token-file", "f"],
            {},
            "prometheus.bearer_token_file: expected this or prometheus.basic_auth.username, not",
        ),
    ],
)
def test_what_is_wrong_is_named_with_its_place(
    monkeypatch: pytest.MonkeyPatch, words: list[str], variables: dict[str, str], message: str
) -> None:
    with pytest.raises(InputError) as caught:
        given_by(monkeypatch, None, words, **variables)
    assert message in str(caught.value)
    assert "hunter2" not in str(caught.value)


def test_a_config_file_can_be_named_by_the_environment(
    monkeypatch: pytest.MonkeyPatch, file: Path
) -> None:
    assert given_by(monkeypatch, None, [], CONFIG=str(file)).config.title == "of the file"


def test_flags_before_a_sub_command_are_refused() -> None:
    from reporter.app import report

    report.add_command(click.Command("probe", callback=lambda: None))
    try:
        result = CliRunner().invoke(report, ["--title", "x", "probe"])
    finally:
        del report.commands["probe"]
    assert result.exit_code == 2
    assert "flags of 'probe' stand after its name" in result.output
