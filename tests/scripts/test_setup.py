"""What `make setup` says on a machine where it cannot go on. Nothing is installed here."""

from __future__ import annotations

import atexit
import functools
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY

WITHOUT_COMPILER = ("cc", "gcc", "sudo")
SETUP_ANSWERS = 1


@functools.cache
def programs(*without: str) -> str:
    """A PATH that has all of this machine's programs but some: for every test that lacks them."""
    folder = Path(tempfile.mkdtemp())
    atexit.register(shutil.rmtree, folder)
    # Also where the umask keeps others out.
    folder.chmod(0o755)
    for part in os.get_exec_path():
        # A PATH may have folders that are closed to this user.
        if not os.access(part, os.R_OK | os.X_OK) or not Path(part).is_dir():
            continue
        for program in Path(part).iterdir():
            link = folder / program.name
            # Links that lead nowhere are on many machines, in more than one folder of PATH.
            if program.name not in without and not os.path.lexists(link):
                link.symlink_to(program)
    return str(folder)


def with_own(folder: Path, name: str, text: str, *without: str) -> str:
    """The same with a program of that text, in a folder of its own."""
    folder.mkdir()
    program = folder / name
    program.write_text(text)
    program.chmod(0o755)
    return f"{folder}:{programs(*without)}"


@pytest.fixture
def clone() -> Iterator[Path]:
    """A copy of what set-up reads, as a fresh clone has it, that every user may enter."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        for part in ("scripts", "cffi_burn", "exporter/native"):
            shutil.copytree(REPOSITORY / part, folder / part)
        for part in ("pyproject.toml", "constraints.txt", "setup.py"):
            shutil.copy(REPOSITORY / part, folder / part)
        for path in folder.rglob("*"):
            path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)
        yield folder


def setup(
    clone: Path,
    environment: dict[str, str],
    user: int | None = None,
    script: str = "scripts/setup",
) -> tuple[int, str]:
    answer = subprocess.run(
        script.split(),
        cwd=clone,
        env=dict(os.environ) | environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        user=user,
    )
    return answer.returncode, answer.stderr


@pytest.mark.skipif(shutil.which("apt-get") is None, reason="this machine has no apt-get")
def test_without_root_and_sudo_it_says_what_an_administrator_must_install(clone: Path) -> None:
    path = programs(*WITHOUT_COMPILER)
    other = 65534 if os.geteuid() == 0 else None
    if other is not None:
        for made in (clone / "out", clone / ".tools"):
            made.mkdir()
            os.chown(made, other, other)
    # This interpreter may lie in a folder that another user cannot enter; the system's is open.
    system = "/usr/bin/python3"
    version = ["-c", "import sys; sys.exit(sys.version_info < (3, 11))"]
    fits = Path(system).exists() and subprocess.run([system, *version], check=False).returncode == 0
    python = {"PYTHON": system} if fits else {}
    status, errors = setup(clone, {"PATH": path} | python, other)
    assert status == SETUP_ANSWERS
    last = errors.strip().splitlines()[-1]
    assert last.startswith("setup: error: missing Debian packages:")
    assert "gcc" in last
    assert "apt-get install" in last


@pytest.mark.skipif(os.geteuid() != 0, reason="apt-get is only tried as root")
@pytest.mark.skipif(shutil.which("apt-get") is None, reason="this machine has no apt-get")
def test_an_apt_that_refuses_ends_in_one_line_that_names_the_log(
    clone: Path, tmp_path: Path
) -> None:
    (tmp_path / "lists").mkdir()
    configuration = tmp_path / "apt.conf"
    configuration.write_text(
        'Dir::Etc::sourcelist "/dev/null";\nDir::Etc::sourceparts "/dev/null";\n'
        f'Dir::State::lists "{tmp_path / "lists"}";\nDir::Cache "{tmp_path}";\n'
        'Dir::State::status "/dev/null";\nAPT::Get::Simulate "true";\n'
    )
    path = programs(*WITHOUT_COMPILER)
    status, errors = setup(clone, {"PATH": path, "APT_CONFIG": str(configuration)})
    assert status == SETUP_ANSWERS
    last = errors.strip().splitlines()[-1]
    assert last.startswith("setup: error: apt-get could not install:")
    assert "gcc" in last
    assert "out/setup.log" in last
    assert "Unable to locate package" in (clone / "out" / "setup.log").read_text()


def test_a_python_that_is_none_is_refused(clone: Path) -> None:
    status, errors = setup(clone, {"PYTHON": "/bin/false"})
    assert status == SETUP_ANSWERS
    assert errors == "setup: error: PYTHON=/bin/false is not a Python >= 3.11\n"


def test_an_interrupt_is_no_failure_of_what_ran(clone: Path) -> None:
    slow = "#!/bin/sh\ntouch started\nexec sleep 60\n"
    path = with_own(clone / "bin", "fc-list", slow, "fc-list")
    process = subprocess.Popen(
        # Whoever runs the tests in the background ignores SIGINT, and so would all that they start.
        ["env", "--default-signal=INT", "scripts/setup"],
        cwd=clone,
        env=dict(os.environ) | {"PATH": path},
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    while not (clone / "started").exists():
        assert process.poll() is None
        time.sleep(0.05)
    # As a terminal does: the whole group gets it.
    os.killpg(process.pid, signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert errors.splitlines()[-1] == "setup: interrupted"
    with pytest.raises(ProcessLookupError):
        os.killpg(process.pid, 0)


def test_what_only_tests_use_may_be_missing(clone: Path) -> None:
    path = programs("apt-get", "sudo", "clang", "shellcheck", "go", "helm", "mvn", "npm")
    status, errors = setup(clone, {"PATH": path}, script="scripts/setup-tests")
    assert status == 0
    (line,) = [line for line in errors.splitlines() if "missing Debian packages" in line]
    assert line.startswith("setup: missing Debian packages: ")
    assert {"clang", "shellcheck"} <= set(line.split(": ")[2].split())
    assert line.endswith(": tests that need them are skipped")
    for skipped in (
        "Helm chart",
        "by Docker Compose",
        "VictoriaMetrics",
        "PDF/UA",
        "Dockerfile",
        "Grafana",
    ):
        assert re.search(rf"^setup: .*{skipped}.* skipped$", errors, flags=re.M), skipped


@pytest.mark.parametrize(
    ("part", "said", "unsaid"),
    [
        ("programs", "VictoriaMetrics", "missing Debian packages"),
        ("packages", "missing Debian packages", "VictoriaMetrics"),
    ],
)
def test_go_builds_before_packages_are_there(
    clone: Path, part: str, said: str, unsaid: str
) -> None:
    path = programs("apt-get", "sudo", "clang", "go", "helm", "mvn", "npm")
    status, errors = setup(clone, {"PATH": path}, script=f"scripts/setup-tests {part}")
    assert status == 0
    assert said in errors
    assert unsaid not in errors


def test_peers_of_benchmarks_may_be_missing(clone: Path) -> None:
    path = programs("apt-get", "sudo", "zstd", "stress-ng")
    assert setup(clone, {"PATH": path}, script="scripts/setup-bench") == (
        0,
        "setup: missing Debian packages: zstd stress-ng: benchmarks that need them are not run\n",
    )


@pytest.mark.skipif(shutil.which("shellcheck") is None, reason="this machine has no shellcheck")
def test_the_scripts_are_clean() -> None:
    scripts = [p for p in (REPOSITORY / "scripts").iterdir() if p.is_file() and p.suffix != ".py"]
    subprocess.run(["shellcheck", "-x", "--source-path=SCRIPTDIR", *map(str, scripts)], check=True)
