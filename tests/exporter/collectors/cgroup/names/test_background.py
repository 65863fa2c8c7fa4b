"""Asking beside the scrapes: how often, for whom, and what a failure costs."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

import pytest

from exporter.collectors.cgroup.names import background
from exporter.collectors.cgroup.names.background import LookUp, NamesInBackground
from exporter.collectors.cgroup.names.errors import NamesError, refused
from exporter.collectors.cgroup.names.identity import Known, KnownNames, Pod
from exporter.collectors.cgroup.paths import ContainerPath
from tests.exporter.collectors.cgroup.trees import container_id

IDS = [container_id(number) for number in range(5)]
WEB = Known("web")


class Told:
    """A source that tells what it is handed, and counts how often."""

    shown = "a source"

    def __init__(self, *answers: KnownNames | Exception) -> None:
        self.answers = list(answers)
        self.asked = 0

    def ask(self) -> KnownNames:
        self.asked += 1
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(background, "PAUSE_SECONDS", 0.01)


def path_of(number: int, pod: str = "") -> ContainerPath:
    return ContainerPath(IDS[number], "containerd", pod)


def until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.002)


def settled(names: NamesInBackground, path: ContainerPath) -> LookUp:
    """What comes of looking somebody up, when it has come."""
    until(lambda: names.look_up(path) != LookUp(None))
    return names.look_up(path)


def test_who_is_in_the_first_answer_is_known_and_nobody_is_asked_again() -> None:
    source = Told(KnownNames({IDS[0]: WEB}))
    names = NamesInBackground(source)
    names.wait(20)
    for _ in range(50):
        assert names.look_up(path_of(0)) == LookUp(WEB)
    assert (source.asked, names.answers) == (1, 1)


def test_who_comes_later_is_asked_for() -> None:
    source = Told(KnownNames(), KnownNames({IDS[1]: WEB}))
    names = NamesInBackground(source)
    names.wait(20)
    assert names.look_up(path_of(1)) == LookUp(None)
    assert settled(names, path_of(1)) == LookUp(WEB)
    assert source.asked == 2


def test_who_is_never_listed_is_asked_for_three_times_and_then_left_for_minutes() -> None:
    source = Told(KnownNames())
    names = NamesInBackground(source)
    names.wait(20)
    assert settled(names, path_of(1)) == LookUp(None, "unlisted")
    asked = source.asked
    assert asked == 1 + background.ASKS
    for _ in range(50):
        names.look_up(path_of(1))
    time.sleep(0.05)
    assert source.asked == asked


def test_after_those_minutes_it_is_asked_for_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(background, "UNLISTED_SECONDS", 0.0)
    answers = [KnownNames()] * (1 + background.ASKS)
    source = Told(*answers, KnownNames({IDS[1]: WEB}))
    names = NamesInBackground(source)
    until(lambda: names.look_up(path_of(1)).known is not None)
    assert names.look_up(path_of(1)) == LookUp(WEB)


def test_the_container_of_a_pod_that_its_kubelet_does_not_list_holds_its_network() -> None:
    source = Told(KnownNames({}, {"u": Pod("web-1", "shop")}))
    names = NamesInBackground(source)
    found = settled(names, path_of(2, "u"))
    assert found.known == Known("", "POD", "web-1", "shop")
    # Not before it was asked for often enough: it may be a new container.
    assert source.asked >= background.ASKS


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (NamesError("no answer"), "unreachable"),
        (refused("status 403"), "denied"),
        (ValueError("odd"), "unreachable"),
    ],
)
def test_a_failure_costs_names_and_a_line_in_the_log(
    error: Exception, reason: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    source = Told(KnownNames({IDS[0]: WEB}), error)
    names = NamesInBackground(source)
    names.wait(20)
    assert settled(names, path_of(1)) == LookUp(None, reason)
    assert settled(names, path_of(3)) == LookUp(None, reason)
    # Who was known stays so.
    assert names.look_up(path_of(0)) == LookUp(WEB)
    warned = [r.getMessage() for r in caplog.records if r.levelno == logging.WARNING]
    assert len(warned) == 1
    assert warned[0].startswith("container names: a source: ")
    assert warned[0].endswith(f"{error}; 1 containers are shown by their ids")


def test_it_says_when_it_works_again(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.INFO)
    monkeypatch.setattr(background, "FAILED_SECONDS", 0.0)
    names = NamesInBackground(Told(NamesError("no answer"), KnownNames({IDS[1]: WEB})))
    until(lambda: names.look_up(path_of(1)).known is not None)
    assert [record.levelname for record in caplog.records] == ["WARNING", "INFO"]
    assert "tells 1 containers and 0 pods" in caplog.text


def test_nothing_is_kept_of_those_that_have_gone() -> None:
    names = NamesInBackground(Told(KnownNames()))
    for number in range(4):
        settled(names, path_of(number))
    names.keep({IDS[2]})
    assert set(names._waiting) == {IDS[2]}
