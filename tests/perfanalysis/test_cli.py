from __future__ import annotations

import importlib
import subprocess
import sys
from pathlib import Path

import click
import pytest

from perfanalysis import __version__
from perfanalysis.cli import COMMANDS, run
from perfanalysis.errors import PerfAnalysisError
from perfanalysis.lazy_commands import Entry, LazyGroup


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
        "heavy = {'numpy', 'matplotlib', 'weasyprint', 'asyncio', 'grafanalib', 'sqlalchemy'} "
        "& set(sys.modules);"
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


def without(packages: list[str], *words: str) -> subprocess.CompletedProcess[str]:
    """The command where these packages are not installed."""
    code = (
        f"import sys; sys.modules.update(dict.fromkeys({packages!r})); "
        f"from perfanalysis.cli import run; sys.exit(run({list(words)!r}))"
    )
    return subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)


@pytest.mark.parametrize(
    ("words", "package", "extra"),
    [
        (["dashboards", "--help"], "grafanalib", "dashboards"),
        (["report", "--help"], "numpy", "report"),
        # Found when the report is made, not before.
        (
            ["report", "--prometheus=http://127.0.0.1:1", "--output=/dev/null"],
            "jinja2",
            "report",
        ),
        (["loadtest", "run"], "numpy", "loadtest"),
        (["loadtest", "fleet"], "numpy", "loadtest"),
        (["loadtest", "compare"], "numpy", "loadtest"),
        (["loadtest", "spread"], "numpy", "loadtest"),
        (["loadtest", "bridge"], "numpy", "loadtest"),
        (["kinds", "evaluate"], "numpy", "loadtest"),
        (["kinds", "learn"], "numpy", "loadtest"),
    ],
)
def test_a_missing_extra_says_what_to_install(words: list[str], package: str, extra: str) -> None:
    answer = without([package], *words)
    assert answer.returncode == 1
    assert f"{package!r}, which is not installed: in a checkout or unpacked" in answer.stderr
    # Not by the name alone: in public indexes that is not ours.
    assert answer.stderr.rstrip().endswith(
        f"-m pip install --constraint constraints.txt '.[{extra}]'"
    )
    assert len(answer.stderr.splitlines()) == 1


def test_a_package_that_is_missed_late_is_named_as_well() -> None:
    group = LazyGroup(name="late", entries={"now": Entry(lambda: late, "Late.", "report")})

    @click.command()
    def late() -> None:
        importlib.import_module("a_package_of_nobody")

    with pytest.raises(
        PerfAnalysisError, match=r"`late now` needs .*'a_package_of_nobody'.*report"
    ):
        group.main(["now"], prog_name="late", standalone_mode=False)


def test_a_module_that_we_miss_in_a_package_of_ours_is_a_mistake() -> None:
    group = LazyGroup(name="late", entries={"now": Entry(lambda: late, "Late.", "report")})

    @click.command()
    def late() -> None:
        importlib.import_module("perfanalysis.of_nobody")

    with pytest.raises(ModuleNotFoundError):
        group.main(["now"], prog_name="late", standalone_mode=False)


@pytest.mark.parametrize(
    "words",
    [
        ["exporter", "--help"],
        ["exporter", "check"],
        ["loadtest", "list"],
        ["loadtest", "validate", "--help"],
        ["loadtest", "deliveries"],
        ["kinds", "list"],
        ["kinds", "show", "crypto"],
        ["import", "capture", "--help"],
        ["dashboards", "check"],
    ],
)
def test_the_base_install_needs_no_numpy(words: list[str], tmp_path: Path) -> None:
    if words[0] == "loadtest" and words[-1] != "--help":
        words = [*words, "--state-directory", str(tmp_path)]
    answer = without(["numpy"], *words)
    assert "numpy" not in answer.stderr
    assert answer.returncode in {0, 1}, answer.stderr
