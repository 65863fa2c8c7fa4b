from __future__ import annotations

import subprocess
import sys

import pytest

from perfanalysis import __version__
from perfanalysis.cli import COMMANDS, run


def perfanalysis(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "perfanalysis", *words]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_version() -> None:
    answer = perfanalysis("--version")
    assert answer.returncode == 0
    assert answer.stdout == f"perfanalysis, version {__version__}\n"


def test_help_lists_every_command_and_imports_none() -> None:
    code = (
        "import sys; from perfanalysis.cli import run; status = run(['--help']); "
        "heavy = {'numpy', 'matplotlib', 'weasyprint', 'asyncio', 'grafanalib'} & set(sys.modules);"
        "sys.exit(f'imported {heavy}' if heavy else status)"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code], check=False, capture_output=True, text=True
    )
    assert answer.returncode == 0, answer.stderr
    for name in COMMANDS:
        assert f"  {name} " in answer.stdout


@pytest.mark.parametrize("name", list(COMMANDS))
def test_every_command_has_help(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([name, "--help"]) == 0
    assert "Usage: perfanalysis" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["nonsense"], "No such command 'nonsense'"),
        (["--nonsense"], "No such option"),
    ],
)
def test_bad_usage_exits_2(words: list[str], message: str) -> None:
    answer = perfanalysis(*words)
    assert answer.returncode == 2
    assert message in answer.stderr
    assert "Traceback" not in answer.stderr


@pytest.mark.parametrize(
    "words",
    [
        ["loadtest", "show", "\x1b[31mred.json"],
        ["exporter", "--machine.inventory", "\x1b[31mred", "--machine.name", "a"],
        ["\x1b[31mred\x07"],
    ],
)
def test_an_error_holds_nothing_that_a_terminal_obeys(words: list[str]) -> None:
    answer = perfanalysis(*words)
    assert answer.returncode == 2
    assert "red" in answer.stderr
    assert "\x1b" not in answer.stderr


def test_a_missing_extra_says_what_to_install() -> None:
    code = (
        "import sys; sys.modules['weasyprint'] = None; sys.modules['jinja2'] = None; "
        "sys.modules['matplotlib'] = None; sys.modules['grafanalib'] = None; "
        "from perfanalysis.cli import run; sys.exit(run(['dashboards', '--help']))"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code], check=False, capture_output=True, text=True
    )
    assert answer.returncode == 1
    assert "pip install 'perfanalysis[dashboards]'" in answer.stderr
    assert "Traceback" not in answer.stderr
