"""Points of a matrix out of the text of an answer."""

from __future__ import annotations

import json

import numpy as np
import pytest
from numpy.typing import NDArray

from perfanalysis.promql import matrix

VALUES = ("0.5", "1e+06", "-0.25", "0.30000000000000004", "5e-324", "123456789.01")


def answer(*values: str) -> bytes:
    points = ",".join(f'[{1760054400.5 + 15 * at},"{one}"]' for at, one in enumerate(values))
    head = '{"status":"success","data":{"resultType":"matrix","result":['
    return f'{head}{{"metric":{{"instance":"a"}},"values":[{points}]}}]}}}}'.encode()


def points_of(body: bytes) -> NDArray[np.float64]:
    points = matrix.document(body)["data"]["result"][0]["values"]
    assert isinstance(points, np.ndarray)
    return points


@pytest.mark.parametrize(
    "values", [VALUES, (*VALUES, "NaN"), ("+Inf", *VALUES, "-Inf"), ("1",)], ids=len
)
def test_points_are_those_that_json_and_python_read(values: tuple[str, ...]) -> None:
    points = points_of(answer(*values))
    np.testing.assert_array_equal(points[:, 1], [float(one) for one in values])
    np.testing.assert_array_equal(points[:, 0], 1760054400.5 + 15 * np.arange(len(values)))


def test_points_written_in_another_way_are_read_as_plain_json() -> None:
    body = answer(*VALUES).replace(b"],[", b"], [")
    assert matrix.document(body) == json.loads(body)
