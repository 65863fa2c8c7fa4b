"""Values are bound: no name of a machine can change a query."""

from __future__ import annotations

import re

import promql_parser
import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfanalysis.delivery.endpoint import Endpoint
from perfanalysis.promql import Access, Engine, QueryError, one_of, string
from tests.reporter.conftest import END

words = st.text(st.characters(codec="utf-8", exclude_characters="\x00\r"), min_size=1, max_size=12)


@given(words)
def test_a_string_stands_for_exactly_its_value(value: str) -> None:
    tree = promql_parser.parse(f"up{{instance={string(value)}}}")
    assert isinstance(tree, promql_parser.VectorSelector)
    (matcher,) = tree.matchers.matchers
    assert matcher.value == value


@given(st.lists(st.text('ab.*|"\\(){}[]+?^$-', min_size=1, max_size=6), min_size=1, max_size=3))
def test_a_matcher_lets_only_its_values_through(values: list[str]) -> None:
    tree = promql_parser.parse(f"up{{{one_of('instance', values)}}}")
    assert isinstance(tree, promql_parser.VectorSelector)
    (matcher,) = tree.matchers.matchers
    pattern = re.compile(matcher.value)
    assert all(pattern.fullmatch(value) for value in values)
    assert not pattern.fullmatch("other")


@pytest.mark.e2e
def test_names_of_all_scripts_reach_the_engine(prometheus: str) -> None:
    names = ["alpha", "a\N{EN DASH}b", "caf\N{LATIN SMALL LETTER E WITH ACUTE}\N{EURO SIGN}"]
    engine = Engine(Access(Endpoint(prometheus)))
    found = engine.query(f"count(perf_machine_info{{{one_of('instance', names)}}})", END)
    assert [sample.value for sample in found] == [1.0]


def test_an_engine_that_is_not_there_is_named_with_the_query() -> None:
    with pytest.raises(QueryError) as caught:
        Engine(Access(Endpoint("http://127.0.0.1:1"), retries=0)).query("up", 0)
    message = str(caught.value)
    assert message.startswith(
        "http://127.0.0.1:1/api/v1/query: cannot be reached (Connection refused"
    )
    assert message.endswith("the query was: up")
