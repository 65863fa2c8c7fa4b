from __future__ import annotations

import numpy as np
import pytest

from grafana.dashboards.transformations import (
    arranged,
    as_number,
    axis_of,
    calculated,
    joined,
    matrix,
    merged,
    sorted_by,
    trend_of,
)
from grafana.dashboards.words import Transformation
from perfanalysis.promql import Sample, Series
from pictures.frames import Frame, table_of, trends
from pictures.transformations import transformed


def of(letter: str, *rows: tuple[dict[str, str], float], alone: bool = False) -> Frame:
    return table_of([Sample(labels, 1.0, value) for labels, value in rows], letter, alone)


def test_rows_of_the_same_machine_become_one_and_what_is_missing_stays_empty() -> None:
    frame = transformed(
        [
            of("A", ({"instance": "b"}, 2.0), ({"instance": "a"}, 1.0)),
            of("B", ({"instance": "a"}, 10.0)),
        ],
        [merged(), sorted_by("instance"), arranged({"instance": "Machine", "Value #A": "One"})],
    )
    assert frame.fields == ["Machine", "One", "Value #B"]
    assert frame.rows == [
        {"Machine": "a", "One": 1.0, "Value #B": 10.0},
        {"Machine": "b", "One": 2.0, "Value #B": None},
    ]


def test_more_labels_on_one_side_still_meet() -> None:
    frame = transformed(
        [of("A", ({"instance": "a", "zone": "z"}, 1.0)), of("B", ({"instance": "a"}, 2.0))],
        [merged()],
    )
    assert len(frame.rows) == 1
    assert frame.rows[0]["zone"] == "z"
    assert frame.rows[0]["Value #B"] == 2.0


def test_sorting_puts_numbers_by_size_and_empty_cells_last() -> None:
    frame = transformed(
        [
            of("A", ({"instance": "a"}, 9.0), ({"instance": "b"}, 10.0)),
            of("B", ({"instance": "c"}, 1.0)),
        ],
        [merged(), sorted_by("Value #A", descending=True)],
    )
    assert frame.column("instance") == ["b", "a", "c"]


def test_levels_become_numbers_and_machines_columns() -> None:
    levels = of(
        "A",
        ({"instance": "a", "busy": "100"}, 3.0),
        ({"instance": "a", "busy": "20"}, 1.0),
        ({"instance": "b", "busy": "20"}, 2.0),
        alone=True,
    )
    frame = transformed(
        [levels],
        [
            as_number("busy"),
            sorted_by("busy"),
            matrix(column="instance", row="busy", value="Value"),
            as_number(r"busy\instance"),
            calculated("asked", r"busy\instance", "/", "100"),
        ],
    )
    assert frame.fields == [r"busy\instance", "a", "b", "asked"]
    assert frame.column(r"busy\instance") == [20.0, 100.0]
    assert frame.column("a") == [1.0, 3.0]
    assert frame.column("b") == [2.0, None]
    assert frame.column("asked") == [0.2, 1.0]


def test_a_course_is_one_cell() -> None:
    series = Series({"instance": "a"}, np.array([1.0, 2.0]), np.array([5.0, 6.0]))
    frame = transformed([trends([series], "A")], [])
    assert frame.rows == [{"instance": "a", "Trend #A": [5.0, 6.0]}]


def test_answers_are_joined_by_a_field_and_those_without_rows_are_left_out() -> None:
    course = Series({"instance": "gone"}, np.array([1.0]), np.array([5.0]))
    frame = transformed(
        [
            of("A", ({"instance": "a"}, 1.0), ({"instance": "b"}, 2.0)),
            of("B"),
            of("C", ({"instance": "b"}, 3.0)),
            trends([course], "D"),
        ],
        [trend_of("D"), *joined("instance"), sorted_by("Value #A", descending=True)],
    )
    assert frame.fields == ["instance", "Value #A", "Value #C", "Trend #D"]
    assert frame.rows == [
        {"instance": "b", "Value #A": 2.0, "Value #C": 3.0},
        {"instance": "a", "Value #A": 1.0},
        {"instance": "gone", "Trend #D": [5.0]},
    ]


def test_without_any_rows_nothing_is_joined_and_an_axis_is_there_all_the_same() -> None:
    nothing = [of("A"), of("B")]
    assert transformed(nothing, joined("instance")) == Frame()
    axis = transformed(nothing, [*joined("busy"), axis_of("busy", "level")])
    assert axis == Frame(["level"], [])


def test_what_shares_no_field_is_not_merged() -> None:
    course = Series({"instance": "a"}, np.array([1.0]), np.array([5.0]))
    # An answer without rows has a time and no machine; a course has a machine and no time.
    assert transformed([of("A"), trends([course], "B")], [merged()]) == of("A")


@pytest.mark.parametrize(
    "steps", [[matrix("instance", "busy", "Value")], [calculated("asked", "busy", "/", "100")]]
)
def test_without_its_fields_a_step_does_nothing(steps: list[Transformation]) -> None:
    assert transformed([of("A", alone=True)], steps) == Frame()


def test_an_axis_has_the_values_of_its_field() -> None:
    levels = of("A", ({"busy": "20"}, 1.0), ({"busy": "100"}, 2.0), alone=True)
    frame = transformed([levels], [as_number("busy"), axis_of("busy", "level")])
    assert frame.column("level") == [20.0, 100.0]
