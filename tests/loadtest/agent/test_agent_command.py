"""What the command says to what cannot be."""

from __future__ import annotations

from pathlib import Path

import pytest

from perfanalysis.cli import run

HERE = ("--portal", "http://127.0.0.1:1", "--once")


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PERFANALYSIS_STATE_DIRECTORY", str(tmp_path))


@pytest.mark.usefixtures("state")
@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        ((), 2, "--portal: expected the address of a portal"),
        (("--portal", "ftp://x"), 2, "--portal: expected an http:// or https:// URL"),
        ((*HERE, "--portal-bearer-token-file", "/no/such/key"), 2, "a readable key file"),
        ((*HERE, "--allow-kernel", "nonsense"), 2, "--allow-kernel: expected one of"),
        ((*HERE, "--allow-window", "soon"), 2, "--allow-window: expected a part of the day"),
        ((*HERE, "--exporter-url", "localhost"), 2, "--exporter-url: expected an absolute URL"),
        ((*HERE, "--", "--kernel", "rmw"), 2, "no --kernel: jobs and the agent say that"),
        ((*HERE, "--", "--quick"), 2, "no --quick, --precise"),
        ((*HERE, "--", "--nonsense"), 2, "No such option '--nonsense'"),
        (HERE, 1, "http://127.0.0.1:1/api/v1/agents/work: no answer"),
    ],
)
def test_what_cannot_be(
    words: tuple[str, ...], status: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["loadtest", "agent", *words]) == status
    assert said in capsys.readouterr().err
