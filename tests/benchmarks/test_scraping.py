from __future__ import annotations

from benchmarks.scraping import family, series

PAGE = """# HELP node_load1 1m load average.
# TYPE node_load1 gauge
node_load1 0.5
node_cpu_seconds_total{mode="idle",cpu="0"} 12.5
node_filesystem_size_bytes{mountpoint="/a } b"} 5e+09
# EOF
"""


def test_series_are_names_and_labels_without_values() -> None:
    assert series(PAGE) == {
        "node_load1",
        'node_cpu_seconds_total{cpu="0",mode="idle"}',
        'node_filesystem_size_bytes{mountpoint="/a } b"}',
    }


def test_family() -> None:
    assert family('node_cpu_seconds_total{cpu="0"}') == "node_cpu_seconds_total"
    assert family("node_load1") == "node_load1"
