from __future__ import annotations

import json

import pytest

from loadtest.fleet.campaign import Outcome, judge
from loadtest.fleet.collection import file_name, show
from loadtest.fleet.conversation import Ending, Live, one_line, parse_live
from loadtest.fleet.display import MOST_ROWS, Row, Standing
from loadtest.presentation import console
from tests.loadtest.documents import result, tree

MEMORY = "load test: kernel rmw, 8 MiB of memory for the workers on CPU 0-1"


@pytest.mark.parametrize(
    ("ending", "reason"),
    [
        (Ending(None, b"", ()), "no result within 9 s; the run was ended"),
        (Ending(255, b"", ("ssh: connect: timed out",)), "ssh: connect: timed out"),
        (Ending(255, b"", ()), "no reason was given"),
        (Ending(1, b"", ("a", "perfanalysis: busy")), "exit status 1: perfanalysis: busy"),
        (Ending(1, b"", (MEMORY,)), "exit status 1: no reason was given"),
        (Ending(-9, b"", ()), "exit status -9: no reason was given"),
        (
            Ending(0, b"hello\x1b[2J", ()),
            "the answer of web-1: expected a result document, and nothing that the login shell "
            "prints, found 'hello [2J'",
        ),
        (
            Ending(0, b"[]", ()),
            "the answer of web-1: expected a result document, found an empty list",
        ),
        (
            Ending(0, b'{"schema_version": 1}', ()),
            "the answer of web-1: test_id: expected this field, which is missing",
        ),
    ],
)
def test_why_a_machine_failed(ending: Ending, reason: str) -> None:
    outcome = judge("web-1", ending, 9.0)
    assert outcome.reason == reason
    assert outcome.documents == ()


def test_progress_is_told_from_other_lines() -> None:
    line = b'{"kernel": "rmw", "phase": "50 %", "progress_ratio": 2, "live_units_per_second": 1.5}'
    assert parse_live(line) == Live("rmw", "50 %", 1.0, 1.5)
    waits = b'{"kernel": "rmw", "phase": "waiting", "progress_ratio": 0}'
    assert parse_live(waits) == Live("rmw", "waiting", 0.0, None)
    for other in (b"", b"{}", b"[1]", b"5", b"\xff", b'{"kernel": 1, "phase": 2}', b"[" * 10_000):
        assert parse_live(other) is None


def test_what_another_machine_says_cannot_steer_the_terminal() -> None:
    assert one_line(b"\x1b]0;title\x07 hi \xff") == " ]0;title  hi \ufffd"
    assert len(one_line(b"x" * 10_000)) == 500
    line = rb'{"kernel": "\u001b[2Jrmw", "phase": "\u009b2J", "progress_ratio": 0}'
    assert parse_live(line) == Live(" [2Jrmw", " 2J", 0.0, None)
    answer = json.dumps(tree() | {"valid": False, "invalid_reasons": ["\x1b]0;owned\x07"]})
    assert judge("web-1", Ending(0, answer.encode(), ()), 9.0).reason == (
        "the answer of web-1: invalid_reasons[0]: expected text without control characters"
    )
    answer = json.dumps(tree() | {"settings": {"\x1b[2J": 1}})
    reason = judge("web-1", Ending(0, answer.encode(), ()), 9.0).reason
    assert reason.isprintable()
    assert reason.endswith("settings: a key: expected text without control characters")


@pytest.mark.parametrize(
    ("name", "expected"), [("web-1", "web-1"), ("../a/b", "_a_b"), ("..", "_"), ("ä b", "__b")]
)
def test_a_name_becomes_part_of_a_file_name(name: str, expected: str) -> None:
    assert file_name(name) == expected


def test_a_large_fleets_table_shows_what_goes_on_and_what_failed() -> None:
    rows = {f"m{number}": Row("done") for number in range(MOST_ROWS)}
    standing = Standing(rows)
    assert list(standing.shown()) == list(rows)
    rows |= {"a": Row("started"), "b": Row("failed"), "c": Row()}
    assert list(standing.shown()) == ["a", "b"]
    assert standing.counts() == f"1 waiting, 1 started, {MOST_ROWS} done, 1 failed"


def test_the_table_writes_out_what_turns_a_line_round(capsys: pytest.CaptureFixture[str]) -> None:
    found = result("run-1", valid=False, invalid_reasons=["steal: a\u202eb[red]"])
    show([Outcome("web-1", (found,))], console())
    out = capsys.readouterr().out
    assert r"no: steal: a\u202eb[red]" in out
    assert "\u202e" not in out
