"""What a portal may have started, and what it may not."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from loadtest.agent.allowed import AllowedTests, NotAllowedError, parse_window
from perfanalysis.errors import InputError
from perfanalysis.portal_client.jobs import WantedJob

ALLOWED = AllowedTests(["rmw", "divide"], ["quick", "default", "kinds"], 600)


def job(**changes: Any) -> WantedJob:
    usual: dict[str, Any] = {"id": "1", "kernels": [], "profile": "quick", "levels": []}
    return WantedJob(**(usual | {"limit_seconds": 60} | changes))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, ["--profile", "quick", "--kernel", "rmw"]),
        ({"kernels": ["divide", "rmw"]}, ["--profile", "quick", "--kernel", "divide,rmw"]),
        (
            {"profile": "default", "levels": ["10", "100"]},
            ["--profile", "default", "--kernel", "rmw", "--levels", "10,100"],
        ),
        ({"profile": "kinds"}, ["--profile", "kinds"]),
    ],
)
def test_words_of_a_job(changes: dict[str, Any], words: list[str]) -> None:
    assert ALLOWED.words(job(**changes)) == words


@pytest.mark.parametrize(
    "changes",
    [
        {"kernels": ["crypto_sha256"]},
        {"kernels": ["rmw", "--force"]},
        {"kernels": ["rmw,crypto_sha256"]},
        {"kernels": ["all"]},
        {"profile": "precise"},
        {"profile": "quick --cpus 0"},
        {"levels": ["55"]},
        {"levels": ["10,100"]},
        {"levels": ["--seed"]},
        {"profile": "kinds", "kernels": ["rmw"]},
        {"limit_seconds": 601},
        {"limit_seconds": 0},
    ],
)
def test_all_else_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(NotAllowedError):
        ALLOWED.words(job(**changes))


@pytest.mark.parametrize(
    ("window", "at", "is_open"),
    [
        ("22:00-05:00", "21:59", False),
        ("22:00-05:00", "22:00", True),
        ("22:00-05:00", "04:59", True),
        ("22:00-05:00", "05:00", False),
        ("08:30-17:00", "08:29", False),
        ("08:30-17:00", "16:59", True),
    ],
)
def test_a_window_of_the_day(window: str, at: str, is_open: bool) -> None:
    found = parse_window(window, "--allow-window")
    assert found.shown == window
    assert found.holds(datetime.time.fromisoformat(at)) is is_open


@pytest.mark.parametrize(
    "text", ["", "22-05", "24:00-05:00", "10:00-10:00", "1:00-2:00", "at night"]
)
def test_a_window_that_is_none(text: str) -> None:
    with pytest.raises(InputError, match="22:00-05:00"):
        parse_window(text, "--allow-window")
