"""The wheel and the sdist, each built from a clean copy and installed where nothing else is."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import tarfile
import zipfile
from pathlib import Path

import pytest
import requests

from demo.servers import LISTENING, DemoServer
from perfanalysis.cli import COMMANDS
from tests.conftest import REPOSITORY
from tests.deploy.bare import BareEnvironment, copied_source, surroundings
from tests.docs.cli_reference import contexts
from tests.docs.third_party import EXTRAS
from tests.reporter.conftest import END, START, prometheus  # noqa: F401 - a fixture

pytestmark = [pytest.mark.long, pytest.mark.e2e, pytest.mark.timeout(3600)]

KINDS = ("wheel", "sdist")
# What each extra is for: a module of ours that needs it.
NEEDS = {
    "loadtest": "loadtest.commands.run, loadtest.app",
    "report": "reporter.app, weasyprint, matplotlib",
    "cri": "h2.connection",
    "s3": "boto3",
    "systemd": "jeepney.io.blocking",
    "dashboards": "grafana.dashboards.app",
    "prices": "prices.app",
    "parquet": "pyarrow.parquet",
    "postgresql": "psycopg, prices.app",
    "workload": "workload.app, highspy",
    "portal": "portal.app, portal.serving.application",
}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The sdist of a clean copy, and the wheel of that sdist."""
    folder = tmp_path_factory.mktemp("built")
    source = copied_source(folder / "source")
    maker = BareEnvironment.make(folder / "maker")
    maker.install("build")
    command = [maker.python, "-m", "build", "--outdir", folder / "dist", source]
    done = subprocess.run(
        command, env=surroundings(), capture_output=True, text=True, check=False, cwd=folder
    )
    assert done.returncode == 0, (done.stdout + done.stderr)[-3000:]
    (wheel,), (sdist,) = (sorted((folder / "dist").glob(kind)) for kind in ("*.whl", "*.tar.gz"))
    return {"wheel": wheel, "sdist": sdist}


@pytest.fixture(scope="module", params=KINDS)
def base(
    request: pytest.FixtureRequest, built: dict[str, Path], tmp_path_factory: pytest.TempPathFactory
) -> BareEnvironment:
    """The distribution without any extra; an sdist is built by the compiler that is here."""
    environment = BareEnvironment.make(tmp_path_factory.mktemp(f"base-{request.param}") / "env")
    environment.install(built[request.param])
    return environment


@pytest.fixture(scope="module", params=KINDS)
def whole(
    request: pytest.FixtureRequest, built: dict[str, Path], tmp_path_factory: pytest.TempPathFactory
) -> BareEnvironment:
    """The distribution with all extras."""
    environment = BareEnvironment.make(tmp_path_factory.mktemp(f"all-{request.param}") / "env")
    environment.install(f"{built[request.param]}[all]")
    return environment


def test_one_wheel_serves_all_pythons(built: dict[str, Path]) -> None:
    assert re.fullmatch(r"perfanalysis-[\d.]+-cp311-abi3-linux_\w+\.whl", built["wheel"].name)
    names = zipfile.ZipFile(built["wheel"]).namelist()
    assert {name.rpartition("/")[2] for name in names if name.endswith(".so")} == {
        "_burn.abi3.so",
        "_numbers.abi3.so",
    }


def test_they_have_all_files_that_the_code_reads(built: dict[str, Path]) -> None:
    """What is no module but in a package's folder: templates, schemas, learned figures."""
    wheel = set(zipfile.ZipFile(built["wheel"]).namelist())
    with tarfile.open(built["sdist"]) as archive:
        sdist = {name.partition("/")[2] for name in archive.getnames()}
    tops = {name.partition("/")[0] for name in wheel if name.endswith("/__init__.py")}
    tracked = subprocess.run(
        ["git", "ls-files"], cwd=REPOSITORY, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    ours = [name for name in tracked if name.partition("/")[0] in tops]
    data = [
        name
        for name in ours
        if Path(name).suffix not in {".c", ".h", ".S", ".po", ".md"}
        and (REPOSITORY / name).exists()
    ]
    lacking = {name for name in data if name not in wheel}
    # Provisioned from a checkout, as Grafana wants it; nothing in the wheel reads it.
    provisioned = ("grafana/managed_alerts/alerting/", "grafana/provisioning/")
    assert [name for name in sorted(lacking) if not name.startswith(provisioned)] == []
    sources = [name for name in ours if Path(name).suffix in {".c", ".h", ".S"}]
    assert [name for name in [*sources, "setup.py", "pyproject.toml"] if name not in sdist] == []


def test_it_is_what_was_built_and_not_the_checkout(base: BareEnvironment) -> None:
    where = base.say("import perfanalysis, cffi_burn; print(perfanalysis.__file__)")
    assert Path(where).is_relative_to(base.folder)
    assert base.ok("--version").startswith("perfanalysis, version ")


def test_the_base_serves_metrics(base: BareEnvironment, tmp_path: Path) -> None:
    command = [str(base.program), "exporter", "--web.listen-address=127.0.0.1:0"]
    server = DemoServer("exporter", command, tmp_path / "log", outlives=False)
    try:
        server.wait_until(lambda: bool(LISTENING.search(server.text())), "its address", 60)
        match = LISTENING.search(server.text())
        assert match
        page = requests.get(f"{match[1].rstrip('/')}/metrics", timeout=30).text
        assert 'node_scrape_collector_success{collector="cpu"} 1' in page
    finally:
        server.stop()


@pytest.mark.parametrize("name", COMMANDS)
def test_without_its_extra_a_command_says_which(base: BareEnvironment, name: str) -> None:
    entry = COMMANDS[name]
    done = base.run(name, "--help")
    assert "Traceback" not in done.stderr
    if done.returncode:
        assert (done.returncode, f"'.[{entry.extra}]'" in done.stderr) == (1, True), done.stderr
    else:
        assert done.stdout.startswith(f"Usage: perfanalysis {name}")


def test_every_command_has_its_help(whole: BareEnvironment) -> None:
    """In one process: a start for each would take minutes."""
    words = [context.command_path.split()[1:] for context in contexts()]
    assert len(words) > 50
    code = f"""
import contextlib, io
from perfanalysis.cli import run
for words in {words!r}:
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        status = run([*words, "--help"])
    wanted = " ".join(["Usage: perfanalysis", *words])
    if status or not said.getvalue().startswith(wanted):
        print(words, status, said.getvalue()[:200])
"""
    assert whole.say(code) == ""


def test_a_load_test_is_run_listed_and_compared(whole: BareEnvironment, tmp_path: Path) -> None:
    state = f"--state-directory={tmp_path}"
    words = ["--levels=100", "--seconds-per-level=1", "--force", "--quiet", "--wait=600"]
    whole.ok("loadtest", "run", *words, state)
    (result,) = (tmp_path / "results").glob("*.json")
    assert json.loads(result.read_text())["max_units_per_second"] > 0
    assert "rmw" in whole.ok("loadtest", "list", "--json", str(tmp_path / "results"))
    whole.ok("loadtest", "validate", result)
    assert whole.ok("kinds", "list")
    assert whole.ok("completion", "bash")


def test_prices_go_into_a_book_and_out(whole: BareEnvironment, tmp_path: Path) -> None:
    book, mine = f"--price-book={tmp_path / 'book.sqlite'}", tmp_path / "mine.csv"
    mine.write_text(whole.ok("prices", "template"))
    whole.ok("prices", "import", mine, book, "--cloud=off")
    assert whole.ok("prices", "list", book)


def test_dashboards_are_those_of_the_checkout(whole: BareEnvironment, tmp_path: Path) -> None:
    whole.ok("dashboards", "build", f"--folder={tmp_path}")
    made = {path.name: path.read_bytes() for path in tmp_path.glob("*.json")}
    folder = REPOSITORY / "grafana" / "dashboards"
    assert made == {path.name: path.read_bytes() for path in folder.glob("*.json")}


def test_a_report_is_written(
    whole: BareEnvironment,
    prometheus: str,  # noqa: F811 - the fixture
    tmp_path: Path,
) -> None:
    words = [f"--prometheus={prometheus}", f"--from={START}", f"--to={END}"]
    whole.ok("report", *words, f"--output={tmp_path / 'report.pdf'}")
    assert (tmp_path / "report.pdf").read_bytes().startswith(b"%PDF-")
    looked = whole.run("doctor", f"--prometheus={prometheus}")
    assert looked.returncode in {0, 1} and "Traceback" not in looked.stderr


def test_a_log_of_sysbench_becomes_a_result(whole: BareEnvironment, tmp_path: Path) -> None:
    log = tmp_path / "curve.jsonl"
    points = range(10, 101, 10)
    line = '{{"siteid": 7, "host": 3, "busy": {busy}, "units": {busy}}}\n'
    log.write_text("".join(line.format(busy=busy) for busy in points))
    words = ["--timestamp=2026-11-01", f"--output={tmp_path}"]
    whole.ok("import", "results", log, *words)
    (result,) = tmp_path.glob("*.json")
    whole.ok("loadtest", "validate", result)


@pytest.mark.skipif(shutil.which("restic") is None, reason="no restic on PATH")
def test_a_folder_is_backed_up_and_proven(whole: BareEnvironment, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    kept.mkdir()
    (kept / "result.json").write_text("{}")
    (tmp_path / "password").write_text("of this test")
    settings = tmp_path / "backup.yaml"
    settings.write_text(
        f"repository: {tmp_path / 'repository'}\n"
        f"password_file: {tmp_path / 'password'}\n"
        f"sources: [{{kind: folder, name: kept, path: {kept}}}]\n"
    )
    for word in ("create", "verify", "list"):
        whole.ok("backup", word, f"--settings={settings}")


def test_a_portal_takes_a_result(whole: BareEnvironment, tmp_path: Path) -> None:
    database = f"sqlite:///{tmp_path / 'portal.sqlite'}"
    command = [str(whole.program), "portal", "serve", "--port=0", f"--database={database}"]
    server = DemoServer("portal", command, tmp_path / "log", outlives=False)
    try:
        said = ("shown this once: ", "the portal is at ")
        server.wait_until(lambda: all(one in server.text() for one in said), "its key", 120)
        url = re.search(r"the portal is at (\S+)", server.text())
        key = re.search(r"shown this once: (\S+)", server.text())
        assert url and key
        document = REPOSITORY / "tests" / "fixtures" / "results" / "version-3.json"
        given = {"data": document.read_bytes(), "timeout": 60}
        headers = {"Authorization": f"Bearer {key[1]}"}
        assert requests.post(f"{url[1]}/api/v1/tests", headers=headers, **given).status_code == 201
        assert requests.get(f"{url[1]}/", timeout=60).status_code == 200
    finally:
        server.stop()


def test_work_is_recorded_and_shown(whole: BareEnvironment, tmp_path: Path) -> None:
    recording = tmp_path / "recording.gz"
    whole.ok("workload", "record", recording, "--duration=3s", "--step=1s")
    assert whole.ok("workload", "show", recording)


@pytest.mark.parametrize("extra", NEEDS)
def test_an_extra_brings_what_it_is_for(extra: str, built: dict[str, Path], tmp_path: Path) -> None:
    environment = BareEnvironment.make(tmp_path / "env")
    environment.install(f"{built['wheel']}[{extra}]")
    environment.say(f"import {NEEDS[extra]}")
    for name, entry in COMMANDS.items():
        if entry.extra == extra:
            assert environment.ok(name, "--help").startswith(f"Usage: perfanalysis {name}")


def test_no_extra_is_left_out() -> None:
    assert set(NEEDS) == set(EXTRAS) - {""}
