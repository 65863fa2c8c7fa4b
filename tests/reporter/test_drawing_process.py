"""Reports drawn in another process: the same bytes, its errors, and its death.

Each is seen from a fresh interpreter: a thread that an earlier test left to end by itself would
have the report drawn here, and a server of its own would be counted among the children.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import psutil
import pytest

from perfanalysis.errors import InputError, PerfAnalysisError
from reporter.asking.answers import Answers
from reporter.pages.drawing_process import Drawer
from reporter.pages.html import draw
from reporter.pages.order import DrawingOrder
from reporter.settings.report import Config
from tests.reporter.made import machine


def order(folder: Path, body: str) -> DrawingOrder:
    (folder / "own.html.j2").write_text(body)
    machines = [machine("alpha", 700.0, 0.05), machine("beta", 400.0, 0.04)]
    answers = Answers(machines, {}, {}, {}, (), 0.0, 3600.0, 15.0, 60.0, "", ())
    return DrawingOrder(Config(template="own", templates=folder), answers, None, 0.0)


def children() -> list[psutil.Process]:
    return psutil.Process().children()


BODY = '{% set drawing = page.draw("price_front") %}{{ drawing.uri }} {{ page.machines[0].name }}'


def it_draws_what_is_drawn_here(tmp_path: Path) -> None:
    asked = order(tmp_path, BODY)
    before = children()
    with Drawer() as drawer:
        assert len(children()) == len(before) + 1
        drawer.begin(asked)
        found = drawer.drawn()
    assert found == draw(asked)
    assert found.html.endswith(" alpha")
    assert [one.name for one in found.data] == ["figure-01-price-and-work-the-pareto-front.csv"]
    assert found.data[0].content.startswith(b"machine,dollars_per_hour,")
    assert children() == before


def with_threads_it_is_drawn_here(tmp_path: Path) -> None:
    asked, ended = order(tmp_path, BODY), threading.Event()
    thread = threading.Thread(target=ended.wait)
    thread.start()
    before = children()
    try:
        with Drawer() as drawer:
            assert children() == before
            drawer.begin(asked)
            assert drawer.drawn() == draw(asked)
    finally:
        ended.set()
        thread.join()


def what_is_wrong_with_a_template_is_told(tmp_path: Path) -> None:
    with (
        Drawer() as drawer,
        pytest.raises(InputError, match=r"own.html.j2: line 2: expected a template") as caught,
    ):
        drawer.begin(order(tmp_path, "one\n{{ page.nothing }}\n"))
        drawer.drawn()
    assert caught.value.where.endswith("line 2")
    assert caught.value.exit_status == 2


def a_process_that_is_killed(tmp_path: Path) -> None:
    before = children()
    with Drawer() as drawer:
        (process,) = set(children()) - set(before)
        os.kill(process.pid, signal.SIGKILL)
        with pytest.raises(PerfAnalysisError, match="ended early"):
            drawer.begin(order(tmp_path, BODY))
            drawer.drawn()


def one_that_is_not_needed_any_more_ends(tmp_path: Path) -> None:
    before = children()
    with pytest.raises(ZeroDivisionError), Drawer() as drawer:
        drawer.begin(order(tmp_path, BODY))
        raise ZeroDivisionError
    assert children() == before


@pytest.mark.parametrize(
    "check",
    [
        it_draws_what_is_drawn_here,
        with_threads_it_is_drawn_here,
        what_is_wrong_with_a_template_is_told,
        a_process_that_is_killed,
        one_that_is_not_needed_any_more_ends,
    ],
    ids=lambda check: check.__name__,
)
def test_in_a_fresh_interpreter(check: Callable[[Path], None], tmp_path: Path) -> None:
    spawning = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=spawning) as interpreter:
        interpreter.submit(check, tmp_path).result()
