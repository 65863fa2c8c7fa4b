"""``workload record`` without click: the same values as with it; what the process then holds."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import pytest

from perfanalysis.recordings.reading import read
from workload.commands import collector_flags
from workload.commands.record import record
from workload.recording.collecting import FLAGS
from workload.recording.plain_start import read_plainly


@click.command()
@click.argument("out")
@click.option("--step")
@click.option("--keep")
@click.option("--duration")
@click.option("--per-cpu", is_flag=True)
@collector_flags.options
@click.pass_context
def _by_click(context: click.Context, **values: Any) -> None:
    context.obj.update(values)


@pytest.mark.parametrize(
    "words",
    [
        ["a.om.gz"],
        ["--per-cpu", "a.om.gz", "--step", "5s"],
        ["a.om.gz", "--step=5s", "--keep=30d", "--duration=10m"],
        ["--machine=here", "a.om.gz", "--machine.cloud=off"],
        ["--machine.name", "here", "--machine", "there", "a.om.gz"],
        ["--path.procfs=/proc", "--machine.region=", "a b", "--step=1s=2s"],
    ],
)
def test_plain_lines_are_read_as_click_reads_them(words: list[str]) -> None:
    expected: dict[str, Any] = {}
    _by_click.main(words, standalone_mode=False, obj=expected)
    assert read_plainly(words) == expected


@pytest.mark.parametrize(
    "words",
    [
        [],
        [""],
        ["a", "b"],
        ["--help"],
        ["a", "--"],
        ["a", "--step"],
        ["a", "--step", "-1s"],
        ["a", "--per-cpu=yes"],
        ["a", "-x"],
        ["a", "--prometheus=http://127.0.0.1:1"],
        ["a", "--from=now-1d"],
        ["a", "--matcher=a=b"],
    ],
)
def test_all_else_is_left_to_click(words: list[str]) -> None:
    assert read_plainly(words) is None


def test_each_flag_that_click_knows_is_read_plainly_or_left_to_it() -> None:
    """A flag that is new in one of both must not be forgotten in the other."""
    known = {name for one in record.params for name in one.opts if name.startswith("--")}
    of_history = {name for name in known if name.startswith(("--prometheus", "--query-timeout"))}
    of_history |= {"--from", "--to", "--matcher"}
    plain = {name for name in known if read_plainly(["a", name, "1s"]) is not None}
    plain |= {name for name in known if read_plainly(["a", name]) is not None}
    assert plain == known - of_history
    assert {f"--{flag.name}" for flag in FLAGS} <= plain


def test_the_process_holds_nothing_that_only_reads_command_lines(tmp_path: Path) -> None:
    out = tmp_path / "a.om.gz"
    program = (
        "import sys\n"
        "from perfanalysis.entry import main\n"
        f"sys.argv = ['perfanalysis', 'workload', 'record', {str(out)!r}, '--duration=1.2s',"
        " '--machine=here', '--machine.cloud=off']\n"
        "try:\n"
        "    main()\n"
        "except SystemExit as end:\n"
        "    assert end.code == 0\n"
        "heavy = {'click', 'inspect', 'dataclasses', 'tempfile', 'datetime', 'asyncio', 'ssl'}\n"
        "assert not heavy & sys.modules.keys(), heavy & sys.modules.keys()\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)
    assert read(out).machine == "here"
