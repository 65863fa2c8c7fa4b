"""Answers of two sides."""

from __future__ import annotations

import pytest

from operations.backup.comparison import differences
from operations.backup.manifest import Answer, AskedQuestion, Question

Q = Question("q")


@pytest.mark.parametrize(
    ("expected", "found", "said"),
    [
        ({}, {}, []),
        ({"": "4.0"}, {"": "4.0"}, []),
        ({"": "0.3"}, {"": "0.30000000000000004"}, []),
        ({"": "nan"}, {"": "nan"}, []),
        ({"": "4.0"}, {"": "4.1"}, ["q: the value: expected 4.0, found 4.1"]),
        ({"job=a": "1.0"}, {}, ["q: job=a: expected 1.0, found nothing"]),
        ({}, {"job=a": "1.0"}, ["q: job=a: expected nothing, found 1.0"]),
        ({"t": "2 rows, ab"}, {"t": "2 rows, ac"}, ["q: t: expected 2 rows, ab, found 2 rows, ac"]),
        (
            dict.fromkeys("abcde", "1"),
            {},
            [
                "q: a: expected 1, found nothing; b: expected 1, found nothing;"
                " c: expected 1, found nothing, and 2 more"
            ],
        ),
    ],
)
def test_what_differs(expected: Answer, found: Answer, said: list[str]) -> None:
    assert differences([AskedQuestion(Q, expected)], [found]) == said
