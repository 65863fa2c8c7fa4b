from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from benchmarks.__main__ import main, run_case
from benchmarks.case import Case, Figure, Outcome, PeerMissingError, Settings
from perfanalysis.errors import PerfAnalysisError


def case(error: PerfAnalysisError | None) -> Case:
    def run(settings: Settings) -> Outcome:
        assert settings.folder.is_dir()
        if error is not None:
            raise error
        return Outcome({"ours": "1"}, [Figure("time", "s", [1.0])])

    return Case("example", "What it does.", "the peer", "none", run)


def test_a_result_is_written(tmp_path: Path) -> None:
    assert run_case(case(None), quick=True, kept_in=tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["example.json"]


@pytest.mark.parametrize(
    ("error", "done", "said"),
    [
        (PeerMissingError("stress-ng is missing"), True, "not run: stress-ng is missing"),
        (PerfAnalysisError("it died"), False, "failed: it died"),
    ],
)
def test_what_did_not_run_leaves_no_result(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    error: PerfAnalysisError,
    done: bool,
    said: str,
) -> None:
    assert run_case(case(error), quick=False, kept_in=tmp_path) is done
    assert list(tmp_path.iterdir()) == []
    assert said in capsys.readouterr().err


def test_list() -> None:
    result = CliRunner().invoke(main, ["--list"])
    assert result.exit_code == 0
    assert "exporter_scrape: " in result.output


def test_an_unknown_case_is_bad_usage() -> None:
    result = CliRunner().invoke(main, ["nothing"])
    assert result.exit_code == 2
    assert "expected one of exporter_scrape" in result.output
