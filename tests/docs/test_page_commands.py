"""The commands of pages are run, in the order of the page, on a machine made for it.

What is left out is named with its reason; `test_commands.py` has its parser look at it. Pages with
tests of their own: replacing-node-exporter.md, coexisting.md, deployment.md (systemd, Compose).
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY
from tests.docs import page_world
from tests.docs.shell_lines import blocks, typed_lines

ANOTHER_SERVER = "a server elsewhere"
# Page: lines that are not run, and why.
PAGES: dict[str, dict[str, str]] = {
    "docs/prices.md": {
        "PGPASSFILE|postgresql:": "tests/prices/test_postgresql.py has a server of its own",
        "--remote-write": ANOTHER_SERVER,
    },
    "docs/import.md": {
        "--remote-write": ANOTHER_SERVER,
        "sysbench.log": "tests/importing/test_sysbench_command.py runs it on logs",
        "^perfanalysis report": "asks a Prometheus: quick-start.md",
    },
    "docs/loadtest-results.md": {
        "bridge|OLD_WHEEL": "takes another version's installation, and minutes",
        "--kind web-server": "takes results of twelve kernels: test_compare_kinds.py",
    },
    "docs/migration-old-system.md": {
        "workload replay": "drives the machine: tests/workload/replaying",
        "--inventory machines.yaml": "tests/importing/test_capture.py has inventories",
    },
    "docs/portal.md": {
        "^perfanalysis portal serve|curl|--upload-url": "a server that stays up: tests/portal",
        "workload predict": "docs/migration-old-system.md runs it",
        "workload plan": "sending: tests/workload/commands/test_kept_in_portal.py",
        "import capture": "of a capture from that server",
        "perf_0123456789": "an example of a key",
        "user (password|oidc|disable|create ada@)": "asks for a password on a terminal",
        "--oidc-email": "of a provider: tests/portal/pages/test_oidc.py",
        "portal ask|PERFANALYSIS_PORTAL_URL": ANOTHER_SERVER,
        "tenant quota": "of a tenant that the page has deleted above: tests/portal/tenancy",
        "psql|postgresql:": "tests/portal has servers of PostgreSQL",
    },
    "docs/dashboards.md": {
        "dashboards build": "writes into the checkout; `check` holds the same",
        "pictures": "asks a Prometheus: tests/pictures",
    },
}


# What stands for a line that is left out, before all others.
FIRST = {
    "docs/portal.md": "perfanalysis portal migrate\n"
    "perfanalysis portal tenant create default --operator\n",
}
# The others take a second or so for each command, of which prices.md has many.
SLOW = {"docs/prices.md", "docs/dashboards.md", "docs/portal.md"}
WITH_MARKS = [pytest.param(page, marks=pytest.mark.long if page in SLOW else ()) for page in PAGES]


@pytest.mark.parametrize("page", WITH_MARKS)
def test_its_commands_do_what_they_say(page: str, tmp_path: Path) -> None:
    page_world.fill(tmp_path)
    if page != "docs/loadtest-results.md":  # the others make them
        shutil.rmtree(tmp_path / "results")
    (tmp_path / "var" / "lib" / "prometheus").mkdir(parents=True)
    (tmp_path / "var" / "lib" / "node_exporter").mkdir(parents=True)
    (tmp_path / "etc" / "prometheus").mkdir(parents=True)
    path = page_world.program(tmp_path)
    text = page_world.script(REPOSITORY / page, tmp_path, PAGES[page], {})
    text = text.replace("\n\n", f"\n{FIRST.get(page, '')}\n", 1)
    done = page_world.run(text, tmp_path, path)
    assert done.returncode == 0, done.stderr[-3000:]


@pytest.mark.parametrize("page", PAGES)
def test_what_is_left_out_is_there(page: str) -> None:
    lines = [line for block in blocks(REPOSITORY / page) for line in typed_lines(block)]
    for pattern in PAGES[page]:
        assert any(re.search(pattern, line) for line in lines), pattern


def test_a_command_that_fails_is_seen(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("```sh\ntrue\nfalse\ntouch after\n```\n")
    text = "set -euo pipefail\n" + "\n".join(
        line for block in blocks(page) for line in typed_lines(block)
    )
    done = page_world.run(text, tmp_path, page_world.program(tmp_path))
    assert done.returncode == 1
    assert not (tmp_path / "after").exists()
