"""Matrices of millions of points: the JSON of an answer, its points read as arrays. Pure.

A list of two Python objects for each point costs ten times the memory of its numbers, and most of
the time. The points are cut out of the text and read at once; what is left is plain JSON.
"""

from __future__ import annotations

import json
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

# Quotes in a JSON string have a backslash before them: no label's value can look like these.
_MATRIX = b'"resultType":"matrix"'
_FIRST, _BETWEEN, _LAST = b'"values":[[', b"],[", b"]]"
_HEAD = 4096
_NUMBERS = msgspec.json.Decoder(list[float])


def document(body: bytes) -> Any:
    """The JSON document of an answer; the ``values`` of a matrix are arrays of shape (n, 2).

    Raises:
        ValueError: this is no JSON.
    """
    if _MATRIX not in body[:_HEAD] and _MATRIX not in body[-_HEAD:]:
        return json.loads(body)
    try:
        return _with_arrays(body)
    except (ValueError, KeyError, TypeError, IndexError, AttributeError):
        # Written in another way, or broken: whoever reads it then says what is wrong.
        return json.loads(body)


def _with_arrays(body: bytes) -> Any:
    arrays: list[NDArray[np.float64]] = []
    rest: list[bytes] = []
    done = 0
    while (at := body.find(_FIRST, done)) >= 0:
        begin = at + len(_FIRST)
        end = body.index(_LAST, begin)
        rest += (body[done:at], b'"values":%d' % len(arrays))
        arrays.append(_points(body[begin:end]))
        done = end + len(_LAST)
    rest.append(body[done:])
    found = json.loads(b"".join(rest))
    for entry in found["data"]["result"]:
        if isinstance(entry.get("values"), int):
            entry["values"] = arrays[entry["values"]]
    return found


def _points(text: bytes) -> NDArray[np.float64]:
    """``1760054400,"0.5"],[1760054415,"0.25"`` as rows of time and value."""
    count = text.count(_BETWEEN) + 1
    numbers = text.translate(None, b'[]"')
    try:
        # Half the time of numpy's own reading of texts.
        found = np.array(_NUMBERS.decode(b"[%s]" % numbers), np.float64)
    except msgspec.DecodeError:
        # JSON has no NaN and no +Inf.
        found = np.fromstring(numbers, sep=",")
    if found.size != 2 * count:
        raise ValueError("expected a time and a value in each point")
    return found.reshape(-1, 2)
