"""What all tests share: the golden-file switch and the folder of recorded captures."""

from __future__ import annotations

import logging
import os
import signal
from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings

from tests import side_by_side

if TYPE_CHECKING:
    from xdist.scheduler import LoadScopeScheduling
    from xdist.workermanage import WorkerController

REPOSITORY = Path(__file__).resolve().parent.parent
# Of a property; `make test-long` looks at as many as "many examples" says.
FEW_EXAMPLES = "few examples"
SILENCED = ("perfanalysis.delivery.sender", "exporter.validation")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden",
        action="store_true",
        help="write golden files anew instead of comparing with them",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Have what the tests start hear Ctrl-C: shells have what runs in the background ignore it.

    And have no property fail for the time that an example takes: a busy machine stops any of them.
    """
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if "PYTEST_XDIST_WORKER" in os.environ:
        # xdist tells its workers how wide its own terminal is: programs would cut their tables.
        os.environ.pop("COLUMNS", None)
    # What Go built has memory enough here: promtool needs a quarter less CPU time so.
    os.environ.setdefault("GOGC", "400")
    slow_too = [HealthCheck.too_slow]
    few = settings(deadline=None, suppress_health_check=slow_too, max_examples=50)
    settings.register_profile(FEW_EXAMPLES, few)
    settings.register_profile("many examples", few, max_examples=1000)
    settings.load_profile(config.getoption("hypothesis_profile") or FEW_EXAMPLES)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling:
    """Share out files, where several workers run.

    Not by xdist's own groups: xdist 3.8 marks them where pytest 9.2 does not look any more.
    """
    from xdist.scheduler import LoadScopeScheduling

    class Groups(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return side_by_side.group_of(REPOSITORY / nodeid.partition("::")[0])

        def _assign_work_unit(self, node: WorkerController) -> None:
            # It takes the first of the queue, in which xdist has those of most tests first.
            first = min(self.workqueue, key=side_by_side.rank_of)
            self.workqueue.move_to_end(first, last=False)
            super()._assign_work_unit(node)

    return Groups(config, log)


# Outside of the time that a test may take: it does not count how long others hold the machine.
@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Run a test when there is a place for it, and have the log say afterwards what it said before.

    A command that has told all itself silences a logger until its process ends: here others follow.
    """
    levels = {name: logging.getLogger(name).level for name in SILENCED}
    with side_by_side.place_for(item.path):
        try:
            return (yield)
        finally:
            for name, level in levels.items():
                logging.getLogger(name).setLevel(level)


@pytest.fixture
def update_golden(request: pytest.FixtureRequest) -> bool:
    """Whether golden files are to be written instead of compared."""
    return bool(request.config.getoption("--update-golden"))


@pytest.fixture(scope="session")
def captures() -> Path:
    """The folder of recordings from cloud machines; the test is skipped where there is none."""
    folder = REPOSITORY.parent / "shared" / "captures"
    if not folder.is_dir():
        pytest.skip("the folder of recorded captures (../shared/captures) is not on this machine")
    return folder
