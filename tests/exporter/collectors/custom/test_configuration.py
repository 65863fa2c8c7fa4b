"""Good files are read, and each bad one is refused with the field that its first line names."""

from __future__ import annotations

from pathlib import Path

import pytest

from exporter.catalogue import CATALOGUE
from exporter.collectors.custom.configuration import parse_configuration, read_configuration
from exporter.collectors.custom.metrics import CommandSource, FileSource, HttpSource, Schedule
from perfanalysis.delivery.credentials import Credentials
from perfanalysis.delivery.endpoint import Endpoint
from perfanalysis.errors import InputError
from tests.exporter.conftest import run_exporter

FILES = Path(__file__).resolve().parents[3] / "fixtures" / "config"
DOCS = FILES.parents[2] / "docs" / "custom-metrics.md"
BAD = sorted(FILES.glob("custom-*.bad.yaml"))


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.name)
def test_a_bad_file_is_refused_with_its_field(path: Path) -> None:
    said = path.read_text().splitlines()[0].removeprefix("# ")
    with pytest.raises(InputError) as caught:
        read_configuration(path, CATALOGUE)
    assert str(caught.value).startswith(f"{path}: {said}")
    assert "\n" not in str(caught.value)
    assert "hunter2" not in str(caught.value)


def test_a_good_file() -> None:
    files, command, http = read_configuration(FILES / "custom.good.yaml", CATALOGUE)
    assert isinstance(files, FileSource)
    assert isinstance(command, CommandSource)
    assert isinstance(http, HttpSource)
    assert [metric.family.labels for metric in files.metrics] == [("site", "queue"), ("queue",)]
    assert files.metrics[1].family.unit == "seconds"
    assert command.schedule == Schedule(30, 5, 90)
    assert command.arguments == ("/usr/bin/printf", "a=1\\nb=2\\n")
    assert http.schedule == Schedule(15, 10, 150)
    assert http.shown == "http://127.0.0.1:8080/stats"
    assert http.metrics[0].family.labels == ("pool",)

    assert http.endpoint == Endpoint(
        "http://127.0.0.1:8080/stats?full=1",
        Credentials("/etc/perfanalysis/stats.key", username="monitoring"),
        {"Accept-Language": "en"},
        {"X-Tenant": "/etc/perfanalysis/tenant"},
        "/etc/perfanalysis/stats-ca.pem",
        "/etc/perfanalysis/stats.pem",
        "/etc/perfanalysis/stats-key.pem",
    )


def test_a_counter_beside_a_gauge_of_its_name_has_no_type() -> None:
    """The name of a counter in OpenMetrics is without ``_total``, and a name is of one family."""
    entry = "{{name: {0}, type: {1}, help: h, column: 1}}"
    entries = [("jobs_total", "counter"), ("jobs", "gauge"), ("mails_total", "counter")]
    listed = ", ".join(entry.format(*words) for words in entries)
    text = f"sources:\n- {{file: /a, metrics: [{listed}]}}\n"
    (source,) = parse_configuration(text.encode(), "x.yaml", CATALOGUE)
    types = {metric.family.name: metric.family.type for metric in source.metrics}
    assert types == {"jobs_total": "untyped", "jobs": "gauge", "mails_total": "counter"}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("bearer_key_file: /k", "bearer_token_file: /k"),
        ("ca_file: /c", "tls: {ca_file: /c}"),
        ("headers: {}", "header_files: {}"),
    ],
)
def test_old_words_mean_what_new_ones_do(old: str, new: str) -> None:
    metric = "{name: x, type: gauge, help: X., column: 1}"
    source = f"sources: [{{http: 'https://127.0.0.1/', %s, metrics: [{metric}]}}]"
    (first,), (second,) = (
        parse_configuration((source % words).encode(), "a", CATALOGUE) for words in (old, new)
    )
    assert isinstance(first, HttpSource)
    assert first == second
    (bare,) = parse_configuration((source % "interval: 60").encode(), "a", CATALOGUE)
    assert (first == bare) == (old == "headers: {}")


def test_the_manuals_example_is_good_and_finds_what_it_says() -> None:
    example = DOCS.read_text().partition("```yaml\n")[2].partition("```")[0]
    infiniband, gpus, pools = parse_configuration(example.encode(), "custom-metrics.md", CATALOGUE)
    assert infiniband.metrics[0].family.labels == ("device", "port")
    temperature, power = (m.samples(b"0, 61, 212.5\n1, 58, 9.75\n") for m in gpus.metrics)
    assert [(sample.labels, value) for sample, value in temperature] == [
        (("0",), b"61"),
        (("1",), b"58"),
    ]
    assert [value for _, value in power] == [b"212.5", b"9.75"]
    answer = b'{"pools": [{"name": "main", "open": 4}], "wait_ms": 12.5}'
    connections, wait = (m.samples(answer) for m in pools.metrics)
    assert [(s.labels, v) for s, v in connections + wait] == [
        (("billing", "main"), b"4"),
        ((), b"0.0125"),
    ]


def test_the_same_file_gives_equal_sources() -> None:
    text = (FILES / "custom.good.yaml").read_bytes()
    first, again = (parse_configuration(text, "a", CATALOGUE) for _ in range(2))
    assert first == again
    assert len({*first, *again}) == 3


@pytest.mark.parametrize(
    "text", [b"\xff\xfe\xff", b"a: &a [*a]", b"!!python/object/apply:os.system [id]", b"", b"\0"]
)
def test_bytes_that_are_no_configuration(text: bytes) -> None:
    with pytest.raises(InputError, match=r"custom\.yaml"):
        parse_configuration(text, "custom.yaml", CATALOGUE)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--collector.custom.config=/no/such.yaml"], "/no/such.yaml: expected a readable file"),
        (["--collector.custom"], "--collector.custom: expected --collector.custom.config"),
        ([f"--collector.custom.config={FILES / 'custom-regex.bad.yaml'}"], "metrics[0].regex"),
        ([f"--collector.custom.config={FILES / 'custom-name-taken.bad.yaml'}"], "'node_load1'"),
    ],
)
def test_the_command_ends_with_status_2(arguments: list[str], said: str) -> None:
    ended = run_exporter(*arguments)
    assert (ended.returncode, len(ended.stderr.splitlines())) == (2, 1)
    assert said in ended.stderr
