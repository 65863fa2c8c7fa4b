"""The bytes of an answer."""

from __future__ import annotations

import calendar
import email.utils
import time
from http import HTTPStatus

from hypothesis import given
from hypothesis import strategies as st

from exporter.serving.messages import CONTINUE, Response, http_date, render_response


def test_an_answer_has_the_date_of_its_second() -> None:
    assert http_date(1_764_500_000) == "Sun, 30 Nov 2025 10:53:20 GMT"
    before = int(time.time())
    answer = render_response(Response(HTTPStatus.OK, b"x"), keep_alive=True, head=False)
    (line,) = [one for one in answer.decode().split("\r\n") if one.startswith("Date: ")]
    parsed = email.utils.parsedate(line.removeprefix("Date: "))
    assert parsed
    assert before <= calendar.timegm(parsed) <= time.time()


def test_no_answer_yet_has_none() -> None:
    assert b"Date" not in render_response(CONTINUE, keep_alive=True, head=False)


@given(st.integers(0, 253_402_300_799))
def test_any_date_is_read_back(seconds: int) -> None:
    assert http_date(seconds) == email.utils.formatdate(seconds, usegmt=True)
