"""The whole life of a comparison, in a cloud of our own whose machines really boot.

OpenTofu plans and makes machines; systemd and cloud-init boot them; they install the wheel,
measure, send to a real portal, and destroy themselves. And each of that ends halfway.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY
from tests.deploy.terraform.conftest import Tofu, needs_tofu
from tests.deploy.terraform.fake_cloud import TOOLS
from tests.deploy.terraform.made_cloud import CloudOfTest, until

pytestmark = [
    pytest.mark.long,
    pytest.mark.e2e,
    pytest.mark.timeout(1800),
    needs_tofu,
    pytest.mark.skipif(os.geteuid() != 0, reason="only root can make machines of namespaces"),
    pytest.mark.skipif(
        not (TOOLS / "python3-configobj").is_dir(),
        reason="cloud-init cannot run here: scripts/setup-runtimes brings what it needs",
    ),
]
FAKE = Path(__file__).with_name("fake")


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The release and all that it needs: the mirror of the machines."""
    if given := os.environ.get("PERFANALYSIS_TEST_WHEELS"):
        return Path(given)
    folder = tmp_path_factory.mktemp("wheels")
    source = folder / "source"
    tracked = ["git", "ls-files", "-z"]
    names = subprocess.run(tracked, cwd=REPOSITORY, capture_output=True, check=True).stdout
    for name in filter(None, names.decode().split("\0")):
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        if (REPOSITORY / name).is_file():
            shutil.copy(REPOSITORY / name, source / name)
    words = ["wheel", "--quiet", "--wheel-dir", str(folder), "--constraint", "constraints.txt"]
    made = subprocess.run(
        [sys.executable, "-m", "pip", *words, ".[loadtest]"],
        cwd=source,
        capture_output=True,
        text=True,
        check=False,
    )
    if made.returncode:
        pytest.skip(f"no wheels can be had: {made.stderr.strip()[-200:]}")
    shutil.rmtree(source)
    return folder


@pytest.fixture
def cloud(tmp_path: Path, wheels: Path) -> Iterator[CloudOfTest]:
    folder = tmp_path / "cloud"
    folder.mkdir()
    command = [sys.executable, "-m", "tests.deploy.terraform.fake_cloud", str(folder), str(wheels)]
    with (folder / "server.log").open("wb") as log:
        server = subprocess.Popen(
            ["unshare", "--net", *command], cwd=REPOSITORY, stdout=log, stderr=log
        )
    tofu = Tofu(FAKE, tmp_path / "tofu")
    found = CloudOfTest(folder, wheels, server, tofu)
    try:
        until((folder / "cloud.sock").exists, 60)
        tofu.must("init", "-input=false")
        yield found
    finally:
        for process in (found.portal, found.store, server):
            if process is not None:
                process.terminate()
                process.wait(timeout=60)


def test_machines_measure_send_and_destroy_themselves(cloud: CloudOfTest) -> None:
    cloud.begin_portal()
    cloud.begin_store()
    variables = cloud.variables(hours=0.5, count=2)
    cloud.tofu.must("apply", "-auto-approve", *variables)
    names = ["life-namespace-small-1", "life-namespace-small-2"]
    assert cloud.machines() == dict.fromkeys(names, "")
    # Neither the state nor what a machine is given has the key.
    for path in (cloud.tofu.state, *cloud.folder.glob("life-*/user-data")):
        assert cloud.key not in path.read_text()
    until(lambda: all(cloud.machines().values()), 900)
    assert all(how.startswith("destroyed itself") for how in cloud.machines().values())
    assert cloud.tests() == [(name, "namespace.small") for name in names]
    if cloud.receiver:
        # What was measured, and what the exporters pushed meanwhile.
        for name in ("perf_loadtest_max_units_per_second", "node_cpu_seconds_total"):
            query = f"last_over_time({name}[1h])"
            until(lambda query=query: cloud.stored(query) == names, 60)  # type: ignore[misc]
    cloud.tofu.must("destroy", "-auto-approve", *variables)
    assert json.loads(cloud.tofu.state.read_text())["resources"] == []


def test_results_wait_for_a_portal_and_keep_the_machine_until_then(cloud: CloudOfTest) -> None:
    cloud.begin_portal()
    assert cloud.portal is not None
    cloud.portal.send_signal(signal.SIGSTOP)
    cloud.tofu.must("apply", "-auto-approve", *cloud.variables(hours=0.5))
    console = cloud.folder / "life-namespace-small-1" / "log" / "console"
    until(lambda: console.exists() and b"still wait" in console.read_bytes(), 600)
    assert list(cloud.machines().values()) == [""]
    cloud.portal.send_signal(signal.SIGCONT)
    until(lambda: all(cloud.machines().values()), 300)
    assert cloud.machines()["life-namespace-small-1"].startswith("destroyed itself")
    assert cloud.tests() == [("life-namespace-small-1", "namespace.small")]


def test_the_time_limit_ends_a_machine_whose_tofu_was_killed(cloud: CloudOfTest) -> None:
    # No portal and no key: nothing is ever done.
    variables = cloud.variables(hours=0.03, count=2, grace=600)
    apply = subprocess.Popen(
        cloud.tofu.command("apply", "-auto-approve", "-parallelism=1", *variables),
        env=cloud.tofu.environment,
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    until(lambda: bool(cloud.machines()), 60)
    os.killpg(apply.pid, signal.SIGKILL)
    apply.wait()
    until(lambda: all(cloud.machines().values()), 500)
    assert all(how.startswith("destroyed itself") for how in cloud.machines().values())
    # Whatever of it the state has is removed; nothing is made again.
    made = set(cloud.machines())
    cloud.tofu.must("destroy", "-auto-approve", *variables)
    assert set(cloud.machines()) == made


def test_the_providers_expiry_ends_a_machine_that_hangs(cloud: CloudOfTest) -> None:
    variables = cloud.variables(hours=0.02, grace=10)
    cloud.tofu.must("apply", "-auto-approve", *variables)
    time.sleep(5)
    cloud.freeze("life-namespace-small-1")
    until(lambda: all(cloud.machines().values()), 200)
    assert cloud.machines()["life-namespace-small-1"].startswith("expired")
    # Whoever applies again does not get the machine again.
    again = cloud.tofu.run("apply", "-auto-approve", *variables)
    assert again.returncode == 1
    assert "The time limit of this comparison is over" in " ".join(again.stderr.split())
    cloud.tofu.must("destroy", "-auto-approve", *variables)
    assert cloud.machines()["life-namespace-small-1"].startswith("expired")


def test_a_destroy_that_was_killed_is_done_by_the_next(cloud: CloudOfTest) -> None:
    variables = cloud.variables(hours=0.5, count=3)
    cloud.tofu.must("apply", "-auto-approve", *variables)
    destroy = subprocess.Popen(
        cloud.tofu.command("destroy", "-auto-approve", "-parallelism=1", *variables),
        env=cloud.tofu.environment,
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    until(lambda: any(cloud.machines().values()), 60)
    os.killpg(destroy.pid, signal.SIGKILL)
    destroy.wait()
    cloud.tofu.must("destroy", "-auto-approve", *variables)
    assert all(how.startswith("destroyed after") for how in cloud.machines().values())
    assert len(cloud.machines()) == 3


def test_a_budget_that_is_not_enough_makes_nothing(cloud: CloudOfTest) -> None:
    variables = cloud.variables(hours=0.5)
    cost = cloud.folder / "cost.json"
    cost.write_text(json.dumps(json.loads(cost.read_text()) | {"total": "1.01"}))
    stopped = cloud.tofu.run("apply", "-auto-approve", *variables)
    assert stopped.returncode == 1
    assert "cost up to 1.01 USD" in " ".join(stopped.stderr.split())
    assert cloud.machines() == {}
