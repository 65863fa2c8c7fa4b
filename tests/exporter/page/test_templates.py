"""A page that is filled in C is that which Python joins, whatever comes."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter.page.templates import MOST_KEPT, PageTemplates
from perfanalysis.exposition.families import Family, Series
from perfanalysis.exposition.openmetrics import OPENMETRICS
from perfanalysis.exposition.rendering import (
    TEXT,
    Block,
    Exposition,
    Layout,
    render_page,
)
from perfanalysis.exposition.values import WrittenValues, written

VALUES = st.lists(st.sampled_from([b"0", b"17", b"-2.5", b"NaN", b"1844674407370955161"]))
LAYOUTS = [
    Layout(
        Series(Family(f"node_{place}", "gauge", "Test.", ("number",)), (str(i),), b"e-3")
        for i in range(place)
    )
    for place in range(4)
]


class Louder(Layout):
    """Renders itself."""

    of_pieces = False

    def render(self, values: Sequence[bytes], exposition: Exposition) -> bytes:
        return b"# loud\n" + super().render(values, exposition)


LAYOUTS.append(Louder([Series(Family("loud", "gauge", "Test."))]))


@given(
    st.lists(st.lists(st.tuples(st.sampled_from(LAYOUTS), VALUES), max_size=6), max_size=4),
    st.sampled_from([list, tuple, lambda values: WrittenValues(written(values))]),
    st.sampled_from([TEXT, OPENMETRICS]),
)
def test_pages_are_those_of_python(
    pages: list[list[tuple[Layout, list[bytes]]]], kind: type, exposition: Exposition
) -> None:
    templates = PageTemplates()
    for page in pages:
        blocks = [
            Block(layout, kind((values * 4 + [b"1"] * 4)[: len(layout.series)]))
            for layout, values in page
        ]
        for _ in range(2):
            assert templates.render(blocks, exposition, ()) == render_page(blocks, exposition)


@pytest.mark.parametrize("values", [[], [b"1"], [b"1", b"2", b"3"], [b"1\n2", b"3"], [b"1\n2"]])
def test_too_many_or_too_few_values_are_an_error(values: list[bytes]) -> None:
    blocks = [Block(LAYOUTS[2], values), Block(LAYOUTS[1], [b"1"])]
    if len(values) == 2:
        # As from Python, which does not look into values.
        assert PageTemplates().render(blocks, TEXT, ()) == render_page(blocks, TEXT)
        return
    with pytest.raises(ValueError, match="assign sequence"):
        PageTemplates().render(blocks, TEXT, ())


def test_what_one_block_lacks_another_cannot_make_up_for() -> None:
    with pytest.raises(ValueError, match="assign sequence"):
        PageTemplates().render(
            [Block(LAYOUTS[2], [b"1"]), Block(LAYOUTS[1], [b"1", b"2"])], TEXT, ()
        )


def test_values_that_stay_are_told_by_their_tuple() -> None:
    templates = PageTemplates()
    for number in (1, 1, 2, 3):
        blocks = [Block(LAYOUTS[1], (b"%d" % number,))]
        assert templates.render(blocks, TEXT, ()) == render_page(blocks, TEXT)


def test_more_kinds_of_pages_than_are_remembered() -> None:
    templates = PageTemplates()
    for kind in range(2 * MOST_KEPT):
        blocks = [Block(LAYOUTS[1], [b"%d" % kind])]
        assert templates.render(blocks, TEXT, kind) == render_page(blocks, TEXT)
