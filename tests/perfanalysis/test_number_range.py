from __future__ import annotations

import pytest

from perfanalysis import cli


@pytest.mark.parametrize(
    "words",
    [
        ["loadtest", "compare", "a", "b", "--fail-if-slower"],
        ["loadtest", "run", "--wait"],
        ["loadtest", "run", "--deliver-timeout"],
        ["loadtest", "fleet", "--inventory", "a", "--time-limit"],
        ["import", "capture", "a", "--give-up"],
        ["exporter", "check", "--interval"],
    ],
)
def test_no_flag_takes_nan(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run([*words, "nan"]) == 2
    assert f"Invalid value for '{words[-1]}': 'nan' is no number." in capsys.readouterr().err
