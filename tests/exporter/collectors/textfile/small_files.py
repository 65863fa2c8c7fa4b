"""Small files as programs leave them, and the types that their families have in OpenMetrics."""

from __future__ import annotations

from typing import NamedTuple


class SmallFile(NamedTuple):
    """A file, and the type of each family where it is shown; an empty one shows nothing."""

    text: str
    types: dict[str, str]


HISTOGRAM = "# TYPE h histogram\n"
SUMMARY = "# TYPE s summary\n"
SMALL_FILES = {
    # As prometheus_client's write_to_textfile leaves a batch job's registry.
    "python batch job": SmallFile(
        "# HELP runs_total Runs.\n# TYPE runs_total counter\nruns_total 3.0\n"
        "# HELP runs_created Runs.\n# TYPE runs_created gauge\nruns_created 1.7e+09\n",
        {"runs": "counter"},
    ),
    "python histogram": SmallFile(
        '# HELP took_seconds T.\n# TYPE took_seconds histogram\ntook_seconds_bucket{le="0.5"} 1.0\n'
        'took_seconds_bucket{le="+Inf"} 1.0\ntook_seconds_count 1.0\ntook_seconds_sum 0.2\n'
        "# HELP took_seconds_created T.\n# TYPE took_seconds_created gauge\n"
        "took_seconds_created 1.7e+09\n",
        {"took_seconds": "histogram"},
    ),
    "python summary of two jobs": SmallFile(
        '# TYPE s summary\ns_count{job="a"} 1.0\ns_sum{job="a"} 2.0\ns_count{job="b"} 1.0\n'
        's_sum{job="b"} 2.0\n# TYPE s_created gauge\ns_created{job="a"} 1.0\n'
        's_created{job="b"} 2.0\n',
        {"s": "summary"},
    ),
    "created before total": SmallFile(
        "# TYPE c_created gauge\nc_created 1\n# TYPE c_total counter\nc_total 1\n",
        {"c": "counter"},
    ),
    "created of other labels": SmallFile(
        '# TYPE c_total counter\nc_total{a="1"} 1\n# TYPE c_created gauge\nc_created{a="2"} 1\n',
        {"c_total": "unknown", "c_created": "gauge"},
    ),
    "gauge beside total": SmallFile(
        "# TYPE x gauge\nx 1\n# TYPE x_total counter\nx_total 2\n",
        {"x": "gauge", "x_total": "unknown"},
    ),
    "summary beside total": SmallFile(
        '# TYPE x_total counter\nx_total 2\n# TYPE x summary\nx{quantile="0.5"} 1\nx_count 1\n',
        # The summary's own name is of a family of its own, too.
        {"x_total": "unknown", "x": "summary"},
    ),
    "counter without total": SmallFile("# TYPE old counter\nold 1\n", {"old": "unknown"}),
    "negative counter": SmallFile("# TYPE n_total counter\nn_total -1\n", {"n_total": "unknown"}),
    "counter that is no number": SmallFile(
        "# TYPE n_total counter\nn_total NaN\n", {"n_total": "unknown"}
    ),
    "endless counter": SmallFile("# TYPE n_total counter\nn_total +Inf\n", {"n": "counter"}),
    "no types": SmallFile(
        "a 1\nb_total 2\nb_bucket 3\n", dict.fromkeys(("a", "b_total", "b_bucket"), "unknown")
    ),
    "capital types": SmallFile(
        "# TYPE a Gauge\na 1\n# TYPE c_total COUNTER\nc_total 1\n# TYPE u UNTYPED\nu 1\n",
        {"a": "gauge", "c": "counter", "u": "unknown"},
    ),
    "capital types in a help text": SmallFile(
        "# HELP a As # TYPE a Gauge\n# TYPE a gauge\na 1\n", {"a": "gauge"}
    ),
    "negative gauge": SmallFile("# TYPE g_total gauge\ng_total -5\n", {"g_total": "gauge"}),
    "no +Inf": SmallFile(
        HISTOGRAM + 'h_bucket{le="1"} 1\nh_sum 3\nh_count 2\n', {"h": "histogram"}
    ),
    "no buckets": SmallFile(HISTOGRAM + "h_sum 3\nh_count 2\n", {"h": "histogram"}),
    "no count": SmallFile(
        HISTOGRAM + 'h_bucket{le="1"} 1\nh_bucket{le="+Inf"} 2\nh_sum 3\n', {"h": "histogram"}
    ),
    "no sum": SmallFile(
        HISTOGRAM + 'h_bucket{le="1"} 1\nh_bucket{le="+Inf"} 2\nh_count 2\n',
        {"h_bucket": "unknown", "h_count": "unknown"},
    ),
    "buckets alone": SmallFile(HISTOGRAM + 'h_bucket{le="1"} 1\n', {"h_bucket": "unknown"}),
    "spellings of le": SmallFile(
        HISTOGRAM + 'h_bucket{le="0.50"} 1\nh_bucket{le="1"} 1\nh_bucket{le="1e1"} 1\n'
        'h_bucket{le="1000000"} 1\nh_bucket{le="inf"} 2\nh_sum 1\nh_count 2\n',
        {"h": "histogram"},
    ),
    "buckets in no order": SmallFile(
        HISTOGRAM + 'h_sum 1\nh_bucket{le="+Inf"} 2\nh_bucket{le="5"} 2\nh_bucket{le="1"} 1\n'
        "h_count 2\n",
        {"h": "histogram"},
    ),
    "buckets that fall": SmallFile(
        HISTOGRAM + 'h_bucket{le="1"} 3\nh_bucket{le="+Inf"} 2\nh_sum 1\nh_count 2\n',
        {"h_bucket": "unknown", "h_sum": "unknown", "h_count": "unknown"},
    ),
    "another count": SmallFile(
        HISTOGRAM + 'h_bucket{le="+Inf"} 2\nh_sum 1\nh_count 7\n',
        {"h_bucket": "unknown", "h_sum": "unknown", "h_count": "unknown"},
    ),
    "bounds below zero": SmallFile(
        HISTOGRAM + 'h_bucket{le="-1"} 1\nh_bucket{le="+Inf"} 2\nh_sum 1\nh_count 2\n',
        {"h_bucket": "unknown", "h_sum": "unknown", "h_count": "unknown"},
    ),
    "half an observation": SmallFile(
        HISTOGRAM + 'h_bucket{le="+Inf"} 1.5\nh_sum 1\nh_count 1.5\n',
        {"h_bucket": "unknown", "h_sum": "unknown", "h_count": "unknown"},
    ),
    "histograms of two jobs, mixed": SmallFile(
        HISTOGRAM + 'h_bucket{j="a",le="+Inf"} 1\nh_bucket{j="b",le="+Inf"} 1\nh_sum{j="a"} 1\n'
        'h_sum{j="b"} 1\nh_count{j="b",x=""} 1\nh_count{j="a"} 1\n',
        {"h": "histogram"},
    ),
    "summary without sum": SmallFile(
        SUMMARY + 's{quantile="0.5"} 1\ns{quantile="1"} 2\ns_count 2\n', {"s": "summary"}
    ),
    "summary of temperatures": SmallFile(
        SUMMARY + 's{quantile="0.5"} -3\ns_sum -6\ns_count 2\n',
        {"s": "unknown", "s_sum": "unknown", "s_count": "unknown"},
    ),
    "quantile above one": SmallFile(
        SUMMARY + 's{quantile="99"} 3\ns_sum 6\ns_count 2\n',
        {"s": "unknown", "s_sum": "unknown", "s_count": "unknown"},
    ),
    "summaries, mixed": SmallFile(
        SUMMARY + 's{j="a",quantile="0.50"} NaN\ns{j="b",quantile="0"} 1\ns_sum{j="a"} 1\n'
        's_count{j="b"} 1\ns_count{j="a"} 1\n',
        {"s": "summary"},
    ),
    "a name of the exporter's": SmallFile("# TYPE node_load1 gauge\nnode_load1 7\n", {}),
    "what a counter of the exporter's is called": SmallFile(
        "# TYPE node_cpu_seconds gauge\nnode_cpu_seconds 7\n", {}
    ),
    "a counter beside a gauge of the exporter's": SmallFile(
        "# TYPE node_load1_total counter\nnode_load1_total 7\n", {"node_load1_total": "unknown"}
    ),
    "help of several kinds": SmallFile(
        '# HELP a A "quoted" \\\\ text\\nof two lines.\n# TYPE a gauge\na{b="\\\\ \\" \\n"} 1\n',
        {"a": "gauge"},
    ),
    "half written": SmallFile("# TYPE a gauge\na 1", {}),
    "a type that is none": SmallFile("# TYPE a info\na 1\n", {}),
    "with a timestamp": SmallFile("a 1 1700000000000\n", {}),
    "not the text format": SmallFile("a one\n", {}),
}
