"""What a scrape of a far larger machine costs, beside node_exporter: on a made /proc and /sys."""

from __future__ import annotations

from benchmarks.case import Case, Figure, Goal, Outcome, Settings
from benchmarks.cases.exporter_scrape import PEER, figures_of, notes
from benchmarks.exporter_rounds import RoundsPlan, measure
from benchmarks.exporters import same_collectors
from benchmarks.made_tree import make_tree

FULL = RoundsPlan(repetitions=4, rounds=3, scrapes=20, warm_up=5)
QUICK = RoundsPlan(repetitions=2, rounds=1, scrapes=5, warm_up=1)
# By default node_exporter asks the kernel by netlink, which knows nothing of a made tree.
FROM_FILES = ("--no-collector.netdev.netlink", "--no-collector.arp.netlink")


def run(settings: Settings) -> Outcome:
    """Make the tree, and scrape both in turns."""
    plan = QUICK if settings.quick else FULL
    settings.say("making the tree")
    folder = settings.folder / "tree"
    folder.mkdir()
    tree = make_tree(folder)
    pair = same_collectors(settings.folder, tree.path_flags, FROM_FILES)
    ours, peer = measure(pair, plan, settings)
    figures = [
        *figures_of(pair, ours, peer, Goal("<= 1/3", 1 / 3)),
        Figure(
            f"resident memory after {plan.per_process:,} scrapes",
            "B",
            ours.resident,
            peer.resident,
            PEER,
        ),
    ]
    return Outcome(pair.versions, figures, pair.facts, notes(pair))


CASE = Case(
    name="exporter_big_tree",
    what="The same on a made tree of 256 CPUs, 512 disks, 300 interfaces and 500 mounts. Its files "
    "are ordinary ones, so reading them costs less than the kernel's own would.",
    peer="node_exporter",
    goal="CPU time <= 1/3",
    run=run,
)
