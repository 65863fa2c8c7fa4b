"""A folder that stands for the machine of a page, and its commands as one script in it."""

from __future__ import annotations

import gzip
import os
import re
import subprocess
import sys
from pathlib import Path

from demo.servers import prometheus_program
from tests.conftest import REPOSITORY
from tests.docs.shell_lines import blocks, typed_lines
from tests.importing import made
from tests.loadtest import documents
from tests.prices.importers.focus.exports import HOUR, export

# Ends whatever the script left running in the background.
_HEAD = "set -euo pipefail\ntrap 'kill $(jobs -p) 2>/dev/null || true' EXIT\n"
_ABSOLUTE = re.compile(r"(?<![\w./-])/(?=(?:var|srv|etc)/)")
CANDIDATES = """\
candidates:
  - name: today
    results: [results]
    cpus: 4
    memory_gib: 8
    machines: [web-1, oci-vm01]
    instance_type: m7i.large
    price: 0.1008
  - name: larger
    results: [results]
    cpus: 4
    memory_gib: 8
    instance_type: m7i.xlarge
    price: 0.2016
"""
INVENTORY = """\
machines:
  - {name: web-1, provider: aws, region: eu-central-1, instance_type: m7i.large}
  - {name: web-2, provider: aws, region: eu-central-1, instance_type: m7i.large}
"""
RATES = (
    "Date,USD,JPY,\n"
    "2026-11-27,1.16,180.1,\n2026-03-05,1.15,171,\n2026-02-27,1.15,170,\n2025-12-31,1.15,170.2,\n"
)
# A curve of the system before this one.
CURVE = "".join(
    f'{{"siteid":1,"host":1,"busy":{busy},"units":{busy * 2}}}\n' for busy in range(10, 101, 10)
)


def fill(folder: Path) -> None:
    """Put the files there that pages speak of, as their readers have them."""
    bill = export(folder / "bill.csv", {}, {"ResourceId": "i-2"})
    (folder / "bill.csv.gz").write_bytes(gzip.compress(bill.read_bytes()))
    assert HOUR["ProviderName"] == "AWS"
    made.write(folder / "oci-vm01.jsonl", 400_000)
    capture = gzip.compress((folder / "oci-vm01.jsonl").read_bytes())
    for name in ("oci-vm01", "old-1", "web-1"):
        (folder / f"{name}.jsonl.gz").write_bytes(capture)
    (folder / "oci-vm01.jsonl").unlink()
    texts = {
        "candidates.yaml": CANDIDATES,
        "inventory.yaml": INVENTORY,
        "eurofxref-hist.csv": RATES,
        "old.training.jsonl": CURVE,
        "old.jsonl": CURVE,
    }
    for name, text in texts.items():
        (folder / name).write_text(text)
    _results(folder)


def _results(folder: Path) -> None:
    """Results of two machines, three runs each; the state folder has two of this machine."""
    for machine, best in (("web-1", 1000), ("web-2", 1200)):
        for run in range(3):
            identity = {
                "name": machine,
                "provider": "aws",
                "region": "eu-central-1",
                "instance_type": "m7i.large" if machine == "web-1" else "m7i.xlarge",
            }
            document = documents.result(
                f"{machine}-{run}",
                tuple(range(best - 10 + run, best + 10 + run)),
                machine=identity,
                timestamp_seconds=1795464900.0 + 600 * run,
            )
            name = f"{machine}-{run}.json"
            named = folder / "results" / name
            side = folder / ("before" if machine == "web-1" else "after") / name
            for path in (named, side, folder / "state" / "results" / name):
                path.parent.mkdir(parents=True, exist_ok=True)
                documents.write(path, document)
    for name in ("result.json", "web-1.json"):
        documents.write(folder / name, documents.result("web-1-0"))
    documents.write(folder / "web-2.json", documents.result("web-2-0"))


def program(folder: Path) -> Path:
    """A folder for the PATH, with `perfanalysis` of this checkout and Prometheus's tools."""
    path = folder / "bin"
    path.mkdir()
    for name in ("prometheus", "promtool"):
        (path / name).symlink_to(prometheus_program(name))
    (path / "perfanalysis").write_text(
        f'#!/bin/sh\nPYTHONPATH={REPOSITORY} exec {sys.executable} -m perfanalysis "$@"\n'
    )
    (path / "perfanalysis").chmod(0o755)
    return path


def script(page: Path, folder: Path, left_out: dict[str, str], ports: dict[str, str]) -> str:
    """A page's commands; before each it prints where it stands.

    Args:
        page: in the repository.
        folder: in which absolute paths of a server begin.
        left_out: patterns of lines that are not run, each with the reason.
        ports: what stands for each of the page's ports.
    """
    lines = [_HEAD]
    for block in blocks(page):
        for line in typed_lines(block):
            if any(re.search(pattern, line) for pattern in left_out):
                continue
            line_here = _ABSOLUTE.sub(f"{folder}/", line)
            for port, ours in ports.items():
                line_here = re.sub(rf"\b{port}\b", ours, line_here)
            said = f"{block.place}: {line}".replace("'", "")
            lines += [f"echo '@ {said}' >&2", line_here]
    return "\n".join(lines) + "\n"


def run(text: str, folder: Path, path: Path, **more: str) -> subprocess.CompletedProcess[str]:
    """Run a script in the folder."""
    environment = {name: value for name, value in os.environ.items() if "PERFANALYSIS" not in name}
    environment |= {
        "PATH": f"{path}:{os.environ['PATH']}",
        "HOME": str(folder),
        "PERFANALYSIS_STATE_DIRECTORY": str(folder / "state"),
        **more,
    }
    return subprocess.run(
        ["bash", "-c", text],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=280,
    )
