"""Spoiled trees: no exception escapes a collector, and every page is one that Prometheus takes."""

from __future__ import annotations

import json
import logging
import re
from collections import Counter
from pathlib import Path
from random import Random

import pytest

from benchmarks import peers
from benchmarks.case import PeerMissingError
from tests.exporter.conftest import FIXTURES, HOSTS
from tests.exporter.mutation.mutating import MUTATIONS, mutate
from tests.exporter.mutation.ours import Ours
from tests.exporter.mutation.trees import MutantTree, Spoiled
from tests.exporter.mutation.validity import fault
from tests.exporter.peer.node_exporter import NodeExporter, tree_flags

AT_ONCE = 16
FILES = 100_000
REPOSITORY = Path(__file__).resolve().parents[2]
# node_exporter would show the running machine's, or what no file of the tree is about.
NOT_OF_TREES = (
    *(f"--no-collector.{name}" for name in ("time", "timex", "uname", "selinux")),
    "--no-collector.arp.netlink",
    "--no-collector.netdev.netlink",
)
_BLAMED = re.compile(r"(?:node_exporter/collector\.\(\*?|procfs[\w/]*\.)(\w+)")


def told(spoiled: list[Spoiled]) -> str:
    return "\n".join(f"{one.how}: {one.path}" for one in spoiled)


@pytest.mark.parametrize("host", HOSTS)
def test_spoiled_trees(host: str, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.CRITICAL)
    tree = MutantTree(FIXTURES / host, tmp_path / "tree")
    random = Random(host)
    # Some meet the spoiled files at their first look, one has seen the tree well before.
    standing = Ours(tree.path)
    for round_ in range(30):
        spoiled = tree.spoil(AT_ONCE, random)
        for ours in (standing, Ours(tree.path)) if round_ % 3 == 0 else (standing,):
            assert fault(ours.page()) == "", told(spoiled)
            assert not ours.escaped, ours.escaped[0] + told(spoiled)
            if ours is not standing:
                ours.close()
        tree.mend(spoiled)
    assert fault(standing.page()) == ""
    standing.close()


@pytest.mark.parametrize(
    ("page", "said"),
    [
        (b"a 1", "line break"),
        (b"# TYPE a gauge\na 1\na 2\n", "twice"),
        (b"# TYPE a gauge\na 1\n# TYPE a gauge\n", "second TYPE"),
        (b"# TYPE a gauge\nb 1\n", "away"),
        (b"# TYPE a gauge\na one\n", "no sample"),
        (b'# TYPE a gauge\na{b="c} 1\n', "no sample"),
        (b"# TYPE a gauge\na 1e999\n", "no float"),
        (b"# TYPE a gauge\na \xff\n", "UTF-8"),
        (b'# HELP a Words.\n# TYPE a gauge\na{b="\\"",c=""} -1.5e-9\n', ""),
    ],
)
def test_what_no_page_may_hold_is_seen(page: bytes, said: str) -> None:
    assert (said in fault(page)) if said else fault(page) == ""


def test_every_mutation_changes_something() -> None:
    random = Random(1)
    data = b"cpu  12 34\ncpu0 5 6\nname: 7 kB\n"
    for name, mutation in MUTATIONS.items():
        assert any(mutation(data, random) != data for _ in range(20)), name
    assert len({mutate(data, random)[0] for _ in range(500)}) == len(MUTATIONS)


class Counting:
    """Both exporters over the same spoiled trees; what node_exporter made of them is counted."""

    def __init__(self, program: Path) -> None:
        self._program = program
        self.counts: Counter[str] = Counter()
        self.blamed: Counter[str] = Counter()

    def run(self, host: str, files: int, folder: Path) -> None:
        """Spoil so many files of a host's tree, some at a time, and let both look at each state."""
        tree = MutantTree(FIXTURES / host, folder / "tree")
        random = Random(f"long {host}")
        standing = Ours(tree.path)
        flags = [*tree_flags(tree.path), *NOT_OF_TREES, "--log.level=info"]
        end = self.counts["files"] + files
        with NodeExporter(self._program, flags, folder / "log") as server:
            while self.counts["files"] < end:
                spoiled = tree.spoil(AT_ONCE, random)
                self.counts["files"] += len(spoiled)
                self.counts["pages of each"] += 1
                ours = standing if random.randrange(2) else Ours(tree.path)
                assert fault(ours.page()) == "", told(spoiled)
                assert not ours.escaped, ours.escaped[0] + told(spoiled)
                if ours is not standing:
                    ours.close()
                self._ask(server)
                tree.mend(spoiled)
                self.start_again(server)
        standing.close()

    def _ask(self, server: NodeExporter) -> None:
        answer = server.page()
        if answer is None:
            self.counts["node_exporter died"] += 1
            text = server.log.read_text().partition("[running]")[2]
            match = _BLAMED.search(text)
            self.blamed[match[1] if match else "elsewhere"] += 1
        elif answer[0] != 200:
            self.counts["node_exporter answered with an error"] += 1
        elif fault(answer[1]):
            self.counts["node_exporter's page was invalid"] += 1

    def start_again(self, server: NodeExporter) -> None:
        """Start a node_exporter that died."""
        if server.process.poll() is not None:
            server.start()


@pytest.mark.long
@pytest.mark.timeout(7200)
def test_100000_spoiled_files(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Only ours has to come through; what node_exporter makes of it goes to out/mutations.json."""
    caplog.set_level(logging.CRITICAL)
    try:
        program = peers.node_exporter()
    except PeerMissingError as error:
        pytest.skip(str(error))
    counting = Counting(program)
    for host in HOSTS:
        counting.run(host, FILES // len(HOSTS), tmp_path / host)
    result = {
        "node_exporter": peers.node_exporter_version(program),
        **counting.counts,
        "node_exporter died in": dict(counting.blamed.most_common()),
    }
    out = REPOSITORY / "out" / "mutations.json"
    out.parent.mkdir(exist_ok=True)
    out.write_text(json.dumps(result, indent=2) + "\n")
    assert counting.counts["files"] >= FILES
