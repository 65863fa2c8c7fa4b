"""docs/configuration.md: every environment variable and every key of a file, from the code."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

import click
import msgspec

from exporter.collectors.custom import configuration as custom
from exporter.serving import configuration as web
from exporter.serving.tls_settings import FIELDS as TLS_FIELDS
from operations.backup import settings as backup
from perfanalysis.fast_yaml import load_fast
from perfanalysis.machines import inventory
from prices.importers import own_fields
from tests.conftest import REPOSITORY
from tests.docs.cli_reference import cell, contexts
from workload.candidates import listed

HEAD = """\
# Configuration

Made from the code by `make golden`; do not edit it by hand.

There is one order: what is typed on the command line comes before an environment variable, that
before a file, that before the default. Every flag is in [cli.md](cli.md). Secrets are never typed:
a flag or key names the file or the environment variable that holds one.

Files are YAML. A key that is not known, that comes twice, or that has a wrong value ends the
command with status 2; the message names the file, the key and what was expected.
"""
ROOMS = (
    "perfanalysis",
    "exporter",
    "loadtest",
    "cffi_burn",
    "importing",
    "prices",
    "workload",
    "reporter",
    "portal",
    "operations",
)
# Variables that are no flag's: read where the code says it, for the reason here.
OTHERS = {
    "PERFANALYSIS_STATE_DIRECTORY": "The state folder: results, spool, price book, portal's "
    "database; before systemd's `STATE_DIRECTORY`. Else `/var/lib/perfanalysis` for root, "
    "`~/.local/state/perfanalysis` for others.",
    "PERFANALYSIS_PORTAL_DATABASE": "The URL of the portal's database, for a URL with a password.",
    "PERFANALYSIS_PORTAL": "The older name of `PERFANALYSIS_PORTAL_URL`, for the agent.",
    "PERFANALYSIS_REPORT_…": "Any key of `report.yaml`, in capitals, with `_` between keys: "
    "`PERFANALYSIS_REPORT_PROMETHEUS_URL`, `PERFANALYSIS_REPORT_TITLE`.",
    "PERFANALYSIS_WARNINGS_ARE_ERRORS": "Only while it is built: a warning of the C "
    "compiler ends the build.",
    "SOURCE_DATE_EPOCH": "Seconds since 1970 that a report shows as the time when it was made.",
    "COLUMNS": "How wide texts are, where the output is no terminal.",
}
# Variables that hold keys: the flag that names another variable is `--NAME-bearer-token-variable`.
_KEYED = re.compile(r'EndpointFlags\(\s*"([\w-]+)",\s*"(--[\w-]+)",\s*variable="(\w+)"')


def of_flags() -> dict[str, list[str]]:
    """Environment variables of options, each with its commands and options."""
    found: dict[str, list[str]] = {}
    for context in contexts():
        for option in context.command.get_params(context):
            if isinstance(option, click.Option) and option.envvar:
                names = option.envvar
                first = names if isinstance(names, str) else names[0]
                # What all commands of a group have is said of the group.
                command = context.command_path
                if command.startswith("perfanalysis portal ask"):
                    command = "perfanalysis portal ask …"
                said = f"`{command} {option.opts[-1]}`"
                if said not in found.setdefault(first, []):
                    found[first].append(said)
    return found


def of_keys() -> dict[str, list[str]]:
    """Environment variables that hold a key, each with the flags of its receivers."""
    found: dict[str, list[str]] = {}
    for file in sources():
        for _, flag, variable in _KEYED.findall(file.read_text()):
            if f"`{flag}`" not in found.setdefault(variable, []):
                found[variable].append(f"`{flag}`")
    return found


def sources() -> list[Path]:
    """The code of all rooms."""
    return sorted(file for room in ROOMS for file in (REPOSITORY / room).rglob("*.py"))


def variables() -> list[str]:
    """The table of environment variables."""
    rows = {name: f"as {', '.join(flags)}" for name, flags in of_flags().items()}
    rows |= {
        name: f"the key (bearer token) for the address of {', '.join(flags)}"
        for name, flags in of_keys().items()
    }
    rows |= OTHERS
    return [
        "| variable | meaning |",
        "|---|---|",
        *(f"| `{name}` | {rows[name]} |" for name in sorted(rows)),
        "",
    ]


def _kind(schema: Mapping[str, Any]) -> str:
    one = schema.get("type") or schema.get("anyOf") or ""
    if "enum" in schema:
        return ", ".join(f"`{value}`" for value in schema["enum"])
    if isinstance(one, list):
        kinds = [_kind(each) if isinstance(each, dict) else str(each) for each in one]
        return " or ".join(dict.fromkeys(kind for kind in kinds if kind and kind != "null"))
    return str(one)


def _keys(schema: Mapping[str, Any], root: Mapping[str, Any], before: str) -> Iterator[str]:
    """A row for each key of a schema and of what is in it."""
    if "$ref" in schema:
        schema = root["$defs"][schema["$ref"].rsplit("/", 1)[1]]
    for name, value in schema.get("properties", {}).items():
        default = value.get("default")
        shown = "" if default in (None, "", [], {}) or isinstance(default, dict) else f"`{default}`"
        inner = root["$defs"][value["$ref"].rsplit("/", 1)[1]] if "$ref" in value else value
        said = cell(value.get("description") or inner.get("description"))
        yield f"| `{before}{name}` | {_kind(inner)} | {shown} | {said} |"
        yield from _keys(inner, root, f"{before}{name}.")
        items = inner.get("items", {})
        for one in items.get("anyOf", [items]) if isinstance(items, dict) else []:
            yield from _keys(one, root, f"{before}{name}[].")


def table(schema: Mapping[str, Any]) -> list[str]:
    """A table of a schema's keys; one that several kinds have stands once."""
    rows = list(dict.fromkeys(_keys(schema, schema, "")))
    return ["| key | is | default | meaning |", "|---|---|---|---|", *rows, ""]


def _file(name: str) -> Any:
    return json.loads((REPOSITORY / name).read_text())


def _listed(names: Mapping[str, tuple[str, ...]]) -> list[str]:
    rows = [f"| {part} | {', '.join(f'`{n}`' for n in keys)} |" for part, keys in names.items()]
    return ["| part | keys |", "|---|---|", *rows, ""]


def _backup() -> dict[str, Any]:
    schema = msgspec.json.schema(backup._File)
    plain = _without_docstrings(schema)
    return {**plain["$defs"]["_File"], "$defs": plain["$defs"]}


def _without_docstrings(value: Any) -> Any:
    """The schema of records without their docstrings, which are for who reads the code."""
    if isinstance(value, dict):
        return {k: _without_docstrings(v) for k, v in value.items() if k != "description"}
    return [_without_docstrings(one) for one in value] if isinstance(value, list) else value


def _candidate_keys() -> tuple[str, ...]:
    own = {one.name for one in fields(listed.ListedCandidate)} - {"where"}
    return tuple(sorted({*own, "memory_gib"}))


def files() -> Iterator[tuple[str, str, list[str]]]:
    """A heading, what the file is for and who says more, and its keys."""
    yield (
        "Reports: report.yaml",
        "Of `perfanalysis report` ([report.md](report.md)); `perfanalysis report init` writes one.",
        table(_file("reporter/report.schema.json")),
    )
    yield (
        "Receivers of results: deliver.yaml",
        "Of `perfanalysis loadtest run --deliver-config` ([delivery.md](delivery.md)).",
        table(_file("loadtest/deliver.schema.json")),
    )
    yield (
        "Backups: backup.yaml",
        "Of `perfanalysis backup --settings` ([backup.md](backup.md)).",
        table(_backup()),
    )
    yield (
        "Machines: inventory.yaml",
        "Of `--inventory`, in the exporter, the load test and the fleet ([fleet.md](fleet.md)).",
        _listed(
            {
                "the file": ("price_note", "ssh", "machines"),
                "each of `machines`": ("name", *inventory._IDENTITY, "prices", "ssh"),
                "`prices`": tuple(inventory.PURCHASE_OPTIONS),
                "`ssh`": ("address", *inventory._SSH_OF_ALL),
            }
        ),
    )
    yield (
        "The exporter's server: web.yaml",
        "Of `perfanalysis exporter --web.config.file`, as exporter-toolkit has it "
        "([security.md](security.md)).",
        _listed(
            {
                "the file": web.FIELDS,
                "`tls_server_config`": tuple(TLS_FIELDS),
                "`http_server_config`": ("http2", "headers"),
                "`headers`": tuple(web.HEADERS),
                "`rate_limit`": ("interval", "burst"),
            }
        ),
    )
    yield (
        "Custom metrics: custom.yaml",
        "Of `perfanalysis exporter --collector.custom.config` "
        "([custom-metrics.md](custom-metrics.md)): a list `sources`.",
        _listed({f"a source of kind `{kind}`": keys for kind, keys in custom._KEYS.items()}),
    )
    yield (
        "Candidates: candidates.yaml",
        "Of `perfanalysis workload predict --candidates` ([prediction.md](prediction.md)).",
        _listed({"the file": listed._TOP, "each of `candidates`": _candidate_keys()}),
    )
    yield (
        "Prices of your own: prices.yaml",
        "Of `perfanalysis prices import` ([prices-formats.md](prices-formats.md)): a list "
        "`prices`; keys beside it hold for all.",
        _listed({"the file, and each of `prices`": tuple(own_fields.FIELDS)}),
    )
    rules = load_fast((REPOSITORY / "prometheus/settings.yml").read_text())
    yield (
        "Rules, alerts and dashboards: prometheus/settings.yml",
        "Read by `make alerts` ([alerting.md](alerting.md)); the file says what each key does.",
        _listed(
            {
                "the file": tuple(rules),
                "`links`": tuple(rules["links"]),
                "each of `alerts`": ("enabled", "severity", "thresholds"),
            }
        ),
    )


def reference() -> str:
    """The text of docs/configuration.md."""
    lines = [HEAD, "## Environment variables", "", *variables()]
    for heading, said, keys in files():
        lines += [f"## {heading}", "", said, "", *keys]
    lines += [
        "## Elsewhere",
        "",
        "The Helm chart's values: [its README](../helm/perfanalysis/README.md). Docker Compose's",
        "variables and systemd's files: [deployment.md](deployment.md). The portal has flags",
        "alone: [portal.md](portal.md).",
    ]
    return "\n".join(lines) + "\n"
