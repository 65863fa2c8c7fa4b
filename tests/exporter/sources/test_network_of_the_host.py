"""In a container without the host's network, counters are the host's all the same."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from exporter.sources.files import Paths, Sources
from tests.conftest import REPOSITORY

READ = (
    "import sys; from pathlib import Path; from exporter.sources.files import Paths, Sources; "
    "sys.stdout.buffer.write(Sources(Paths(procfs=Path(sys.argv[1]))).proc('net/dev').read())"
)
# A network of its own, with `lo` alone, and the host's /proc mounted where containers have it.
INSIDE = 'mount --rbind /proc "$1" && shift && exec "$@"'


def interfaces(text: str) -> set[str]:
    return {line.split(":")[0].strip() for line in text.splitlines() if ":" in line}


@pytest.mark.parametrize(
    ("made", "name", "found"),
    [
        (("1/net/dev", "1/net/arp", "net/dev", "net/arp"), "net/arp", "1/net/arp"),
        (("1/net/dev", "net/dev"), "net/dev", "1/net/dev"),
        # A capture has no processes; a mount with hidepid shows none of others.
        (("net/dev",), "net/dev", "net/dev"),
        (("1/net/dev", "net/dev", "stat"), "stat", "stat"),
        (("1/net/dev", "sys/net/a"), "sys/net/a", "sys/net/a"),
    ],
)
def test_where_it_is_read(tmp_path: Path, made: tuple[str, ...], name: str, found: str) -> None:
    for one in made:
        (tmp_path / one).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / one).write_text(one)
    assert Sources(Paths(procfs=tmp_path)).proc(name).read() == found.encode()


def test_on_the_machine_itself_it_is_the_readers() -> None:
    assert Sources(Paths()).proc("net/dev").path == Path("/proc/net/dev")


@pytest.mark.e2e
def test_from_a_network_namespace_of_its_own(tmp_path: Path) -> None:
    unshare = shutil.which("unshare")
    words = [str(unshare), "--mount", "--net", "sh", "-c", INSIDE, "sh", str(tmp_path)]
    if not unshare or subprocess.run([*words, "true"], check=False).returncode != 0:
        pytest.skip("this user may make no network namespace and mount")
    host = interfaces(Path("/proc/net/dev").read_text())
    if host == {"lo"}:
        pytest.skip("this machine has no interface but lo")
    script = ["-c", READ, str(tmp_path)]
    done = subprocess.run(
        [*words, sys.executable, *script],
        capture_output=True,
        text=True,
        check=True,
        cwd=REPOSITORY,
    )
    assert interfaces(done.stdout) == host
    # Else this proves nothing.
    own = subprocess.run(
        [*words, "cat", "/proc/net/dev"], capture_output=True, text=True, check=True
    )
    assert interfaces(own.stdout) != host
