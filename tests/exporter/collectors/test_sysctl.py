"""Kernel parameters that flags name."""

from __future__ import annotations

import pytest

from exporter.collecting import CollectorError
from exporter.collectors.sysctl import SPECIFICATION
from perfanalysis.errors import InputError
from tests.exporter.collectors.conftest import Write
from tests.exporter.conftest import Collect

FILES = {
    "proc/sys/fs/file-nr": "1184\t0\t4611686018427387904\n",
    "proc/sys/kernel/threads-max": "7801\n",
    "proc/sys/kernel/seccomp/actions_avail": "kill_process log\n",
    "proc/sys/kernel/offset": "-5\n",
    "proc/sys/kernel/empty": "\n",
}


def one(flag: str, value: str) -> list[str]:
    return ["--collector.sysctl", f"--collector.sysctl.{flag}={value}"]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (one("include", "kernel.threads-max"), {"node_sysctl_kernel_threads_max": 7801}),
        (one("include", "kernel.offset"), {"node_sysctl_kernel_offset": -5}),
        (
            one("include", "fs.file-nr"),
            {
                'node_sysctl_fs_file_nr{index="0"}': 1184,
                'node_sysctl_fs_file_nr{index="1"}': 0,
                'node_sysctl_fs_file_nr{index="2"}': 4611686018427387904,
            },
        ),
        (
            one("include", "fs.file-nr:total,current,max"),
            {
                "node_sysctl_fs_file_nr_total": 1184,
                "node_sysctl_fs_file_nr_current": 0,
                "node_sysctl_fs_file_nr_max": 4611686018427387904,
            },
        ),
        (
            one("include-info", "kernel.seccomp.actions_avail"),
            {
                'node_sysctl_info{name="kernel.seccomp.actions_avail",value="kill_process",'
                'index="0"}': 1,
                'node_sysctl_info{name="kernel.seccomp.actions_avail",value="log",index="1"}': 1,
            },
        ),
        (["--collector.sysctl"], {}),
    ],
)
def test_what_flags_name(
    arguments: list[str], expected: dict[str, float], write: Write, collect: Collect
) -> None:
    assert collect(SPECIFICATION, write(FILES), *arguments) == expected


@pytest.mark.parametrize(
    "arguments",
    [
        one("include", "kernel.seccomp.actions_avail"),
        one("include", "fs.file-nr:a,b"),
        one("include", "kernel.empty"),
        one("include-info", "kernel.empty"),
    ],
)
def test_what_does_not_fit(arguments: list[str], write: Write, collect: Collect) -> None:
    with pytest.raises(CollectorError, match=r"/proc.*: expected"):
        collect(SPECIFICATION, write(FILES), *arguments)


def test_a_parameter_that_the_kernel_does_not_have(write: Write, collect: Collect) -> None:
    with pytest.raises(FileNotFoundError):
        collect(SPECIFICATION, write(FILES), *one("include", "vm.nothing"))


@pytest.mark.parametrize(
    ("flag", "value"),
    [
        ("include", ""),
        ("include", "fs.file-nr:a,a,b"),
        ("include", "fs.file-nr:a b,c,d"),
        ("include", "../../etc/passwd"),
        ("include", "kernel..threads-max"),
        ("include-info", "fs.file-nr:a"),
    ],
)
def test_names_that_are_none(flag: str, value: str, write: Write, collect: Collect) -> None:
    with pytest.raises(InputError, match=rf"--collector\.sysctl\.{flag}: expected a parameter's"):
        collect(SPECIFICATION, write(FILES), *one(flag, value))


def test_a_parameter_twice(write: Write, collect: Collect) -> None:
    twice = one("include", "kernel.offset") * 2
    with pytest.raises(InputError, match="each parameter once"):
        collect(SPECIFICATION, write(FILES), *twice)
