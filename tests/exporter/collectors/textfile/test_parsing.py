"""Files in the text format: what is shown of them, and what no page may hold."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families

from exporter.collecting import CollectorError
from exporter.collectors.textfile.layout import TextLayout
from exporter.collectors.textfile.parsing import parse
from perfanalysis.exposition.rendering import TEXT

PAGE = """# HELP job_last_success_seconds When it last ended well.
# TYPE job_last_success_seconds gauge
job_last_success_seconds{job="backup"} 1.5e+09
job_last_success_seconds{job="a \\"b\\" \\\\ c"} 7
# TYPE job_runs_total counter
job_runs_total 12
# TYPE old_counter counter
old_counter 3
plain -0.25
# TYPE took_seconds histogram
took_seconds_bucket{le="1"} 1
took_seconds_bucket{le="+Inf"} 2
took_seconds_sum 3.5
took_seconds_count 2
# TYPE size_bytes summary
size_bytes{quantile="0.5"} NaN
size_bytes_sum 9
size_bytes_count 1
"""
SHOWN = PAGE.replace("1.5e+09", "1500000000").replace(
    "plain -0.25", "# HELP plain \n# TYPE plain untyped\nplain -0.25"
)


def rendered(text: str) -> str:
    return TextLayout(parse(text.encode(), "x.prom")).render((), TEXT).decode()


def test_every_type_is_shown_as_it_stands_there() -> None:
    lines = rendered(PAGE).splitlines()
    assert [line for line in lines if not line.startswith("# HELP")] == [
        line for line in SHOWN.splitlines() if not line.startswith("# HELP")
    ]
    assert "# HELP job_last_success_seconds When it last ended well." in lines


def test_an_empty_file_shows_nothing() -> None:
    assert parse(b"", "x.prom") == []


def test_a_family_in_pieces_is_joined() -> None:
    text = '# TYPE a gauge\na{x="1"} 1\n# TYPE b gauge\nb 1\na{x="2"} 2\n'
    assert rendered(text).count("# TYPE a gauge") == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a 1", "line break"),
        ("a 1\na 2\n", "twice"),
        ('a{x="1"} 1\na{x="1",y=""} 2\n', "twice"),
        ("a 1 1700000000000\n", "timestamp"),
        ("a one\n", "text format"),
        ("a{x=1} 1\n", "text format"),
        ('a{x="1} 1\n', "text format"),
        ('{"a b"} 1\n', "cannot be shown"),
        ('a{"b c"="1"} 1\n', "label"),
        ("# TYPE a info\na 1\n", "cannot be shown"),
        ("# TYPE a counter\n# TYPE a_total counter\na 1\na_total 1\n", "counter"),
        ("# TYPE a gauge\na 1\n# TYPE b gauge\nb 1\n# TYPE a counter\na 1\n", "two types"),
        ("# TYPE a histogram\na_bucket 1\n", "le"),
        ('# TYPE a histogram\na_bucket{le="wide"} 1\n', "le"),
        (f"a 1{'0' * 400}\n", "beyond"),
        ("a\n", "text format"),
        ("\xff".encode("latin-1").decode("latin-1") + " 1\n", "text format"),
    ],
)
def test_refused(text: str, said: str) -> None:
    with pytest.raises(CollectorError, match=f"^x.prom: .*{said}"):
        parse(text.encode(), "x.prom")


def test_a_long_line_is_not_repeated_whole() -> None:
    with pytest.raises(CollectorError, match=r"x\.prom: not in the text format: ") as caught:
        parse(b"z" * 1_000_000 + b"\n", "x.prom")
    assert len(str(caught.value)) < 200


def test_bytes_that_are_no_text() -> None:
    with pytest.raises(CollectorError, match=r"x\.prom: not in the text format"):
        parse(b'a{x="\xff"} 1\n', "x.prom")


LINE = st.one_of(
    st.sampled_from(PAGE.splitlines()),
    st.text(max_size=30),
    st.from_regex(
        r"[a-c]{1,2}(\{[a-c]=\"[a-z\\\"]*\"\})? [0-9.eE+-]{1,5}( [0-9]+)?", fullmatch=True
    ),
    st.from_regex(r"# (TYPE|HELP) [a-c]{1,2} (counter|gauge|summary|histogram|x)", fullmatch=True),
)


@given(lines=st.lists(LINE, max_size=12), tail=st.binary(max_size=4))
def test_whatever_comes_is_refused_or_can_be_read_back(lines: list[str], tail: bytes) -> None:
    data = "\n".join(lines).encode("utf-8", "surrogatepass") + tail + b"\n"
    try:
        families = parse(data, "x.prom")
    except CollectorError as error:
        assert str(error).startswith("x.prom: ")
        return
    page = TextLayout(families).render((), TEXT).decode()
    back = list(text_string_to_metric_families(page))
    assert sum(len(metric.samples) for metric in back) == sum(len(f.series) for f in families)


def test_the_parser_brings_no_server_with_it() -> None:
    code = (
        "import sys; from exporter.collectors.textfile.parsing import parse; parse(b'a 1\\n', 'x');"
        "print('http.server' in sys.modules, 'ssl' in sys.modules,"
        " 'prometheus_client' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False"] * 3
