"""The rate of a run for Grafana Live: address, token, lines, and a real run."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from grafana.dashboards.panels.loadtest_run import LIVE_CHANNEL
from loadtest.outputs import grafana_live
from loadtest.outputs.live_sender import LiveOutput
from loadtest.outputs.options import GRAFANA_LIVE, OutputFlags
from loadtest.outputs.outbox import folders
from loadtest.outputs.wanted import find_outputs, read_config
from perfanalysis.delivery.credentials import Credentials
from perfanalysis.delivery.destinations import Destination
from perfanalysis.delivery.endpoint import Endpoint
from perfanalysis.errors import InputError
from perfanalysis.results.running import Running
from perfanalysis.results.series import live_series
from tests.loadtest.outputs.conftest import SHORT, Command
from tests.perfanalysis.delivery.conftest import Receiver, Reply

TOKEN = "glsa_0123456789abcdef"
RUNNING = Running(
    kernel="rmw",
    pid=1,
    progress_ratio=0.5,
    live_units_per_second=512.5,
    updated_seconds=1700000000.25,
)


def grafana(receiver: Receiver) -> str:
    return receiver.url.removesuffix("/results")


def test_the_panel_listens_to_the_channel_that_is_pushed_to() -> None:
    assert f"stream/{grafana_live.STREAM}/{grafana_live.MEASUREMENT}" == LIVE_CHANNEL


@pytest.mark.parametrize(
    ("url", "pushed"),
    [
        ("https://g.example", "https://g.example/api/live/push/perfanalysis"),
        ("https://g.example/", "https://g.example/api/live/push/perfanalysis"),
        ("http://g.example/sub/path", "http://g.example/sub/path/api/live/push/perfanalysis"),
    ],
)
def test_the_address(url: str, pushed: str) -> None:
    assert grafana_live.push_url(url) == pushed


@pytest.mark.parametrize(
    ("labels", "tags"),
    [
        ({"instance": "web-1", "job": "node"}, "instance=web-1,job=node,kernel=rmw"),
        ({"instance": "a b,c=d"}, r"instance=a\ b\,c\=d,kernel=rmw"),
        ({"instance": "a\nb\\"}, r"instance=a\ b,kernel=rmw"),
        ({"instance": ""}, "kernel=rmw"),
    ],
)
def test_a_line(labels: dict[str, str], tags: str) -> None:
    series = live_series(RUNNING)
    expected = f"loadtest,{tags} units_per_second=512.5 1700000000250000000\n"
    assert grafana_live.lines(series, labels).decode() == expected


def test_a_rate_is_sent_with_the_token_and_an_end_is_not(
    receiver: Receiver, tmp_path: Path
) -> None:
    (tmp_path / "token").write_text(TOKEN + "\n")
    url = grafana_live.push_url(grafana(receiver))
    destination = Destination(
        grafana_live.KIND, Endpoint(url, Credentials(str(tmp_path / "token")))
    )
    live = LiveOutput({"destination": destination.stored(), "labels": {"instance": "web-1"}})
    live.send(live_series(RUNNING), 0.0)
    live.send([], 1.0)
    (got,) = receiver.got
    assert got.path == "/api/live/push/perfanalysis"
    assert got.headers["authorization"] == f"Bearer {TOKEN}"
    assert got.headers["content-type"].startswith("text/plain")
    assert "content-encoding" not in got.headers
    assert got.body.startswith(b"loadtest,instance=web-1,kernel=rmw units_per_second=512.5 ")


def test_a_run_sends_its_rate_and_no_result(
    command: Command, receiver: Receiver, tmp_path: Path
) -> None:
    seconds = [word if word != "0.4" else "2.5" for word in SHORT]
    done = command(
        "run",
        *seconds,
        "--grafana-live-url",
        grafana(receiver),
        environment={"PERFANALYSIS_GRAFANA_LIVE_TOKEN": TOKEN},
    )
    assert done.returncode == 0, done.stderr
    assert TOKEN not in done.stdout + done.stderr
    assert receiver.got
    for got in receiver.got:
        assert got.path == "/api/live/push/perfanalysis"
        assert got.headers["authorization"] == f"Bearer {TOKEN}"
        line = rb"loadtest,instance=\S+,job=node,kernel=rmw units_per_second=[\d.e+]+ \d{19}\n"
        assert re.fullmatch(line, got.body), got.body
    assert folders(tmp_path / "state") == []


def test_a_run_goes_on_when_grafana_refuses(command: Command, receiver: Receiver) -> None:
    receiver.replies += [Reply(401, text="no")] * 9
    seconds = [word if word != "0.4" else "2.5" for word in SHORT]
    done = command("run", *seconds, "--grafana-live-url", grafana(receiver))
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("progress not sent to ") == 1
    assert "status 401: (its key is missing, wrong or too old) no" in done.stderr


def test_the_file_of_receivers(tmp_path: Path) -> None:
    path = tmp_path / "deliver.yaml"
    path.write_text("destinations:\n  - {kind: grafana-live, url: 'https://g.example/'}\n")
    (output,) = read_config(path)
    assert output.destination.endpoint.url == "https://g.example/api/live/push/perfanalysis"
    assert output.live
    assert not output.results
    path.write_text("destinations: [{kind: grafana-live, url: 'https://g', live: false}]")
    with pytest.raises(InputError, match="live: expected no such field with kind grafana-live"):
        read_config(path)


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (
            OutputFlags(grafana_live=replace(GRAFANA_LIVE, said={("token_file",): "f"})),
            "--grafana-live-token-file.*--grafana-live-url",
        ),
        (
            OutputFlags(grafana_live=replace(GRAFANA_LIVE, url="grafana")),
            "--grafana-live-url.*an http:// or https:// URL",
        ),
        (
            OutputFlags(
                grafana_live=replace(
                    GRAFANA_LIVE, url="http://g", said={("token_file",): "/nowhere"}
                )
            ),
            "/nowhere.*a readable key file",
        ),
    ],
)
def test_wrong_flags(flags: OutputFlags, said: str) -> None:
    with pytest.raises(InputError, match=said):
        flags.check()
        find_outputs(flags)
