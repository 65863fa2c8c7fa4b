"""What C writes of a scrape is what Python writes of the same files, to the byte."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exporter.page.scraping import Scraper
from exporter.sources.steady import SteadyCollector
from exporter.validation import rules
from perfanalysis.exposition.openmetrics import OPENMETRICS
from perfanalysis.exposition.rendering import TEXT, Exposition
from tests.exporter.conftest import FIXTURES, HOSTS, scraper_of
from tests.exporter.mutation.mutating import mutate

# What differs between two scrapers of the same files.
_OWN = re.compile(
    rb"^(node_scrape_collector_duration_seconds|perf_exporter_collector_cpu_seconds_total)\{.*\n",
    re.MULTILINE,
)
_NUMBER = re.compile(rb"(?<=[\s=:])[0-9]+(?=\s)")
_MOST_BYTES = 40_000


def in_python(scraper: Scraper, exposition: Exposition = TEXT) -> bytes:
    """A page of which C has read nothing."""
    progress = scraper.begin()
    while (name := progress.next()) is not None:
        progress.add(*scraper.run(name, progress))
    blocks = scraper.blocks(progress)
    parts = [block.layout.render(block.values, exposition) for block in blocks]
    return b"".join((*parts, exposition.end))


# The two look at the same files at other times.
_BY_TIME = {rule.name.encode() for rule in rules.GROWTH_LIMITS} | {
    rule.name.encode() for rule in rules.STALE
}


def comparable(page: bytes) -> list[bytes]:
    lines = _OWN.sub(b"", page).splitlines()
    return [line for line in lines if not any(b'rule="%s"' % name in line for name in _BY_TIME)]


class Pair:
    """Two scrapers of one tree: one lets C read what it can, the other one never does."""

    def __init__(self, tree: Path) -> None:
        arguments = (f"--path.procfs={tree / 'proc'}", f"--path.sysfs={tree / 'sys'}")
        able = [
            name
            for name, collector in scraper_of(*arguments).collectors.items()
            if isinstance(collector, SteadyCollector)
        ]
        named = [f"--collector.{name}" for name in (*able, "validation")]
        chosen = (*arguments, "--collector.disable-defaults", *named)
        self.quick, self.plain = scraper_of(*chosen), scraper_of(*chosen)
        self.proc = tree / "proc"
        self.texts = {
            path: text
            for path in self.proc.rglob("*")
            if path.is_file() and 0 < len(text := path.read_bytes()) < _MOST_BYTES
        }

    def compare(self, exposition: Exposition = TEXT) -> None:
        assert comparable(self.quick.scrape(exposition)) == comparable(
            in_python(self.plain, exposition)
        )

    def write(self, change: Callable[[bytes], bytes]) -> None:
        """Give each file what ``change`` makes of its text, as the kernel does: in its place."""
        for path, text in self.texts.items():
            path.write_bytes(change(text))


@pytest.fixture(scope="module", params=HOSTS)
def recorded(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    copy: Path = tmp_path_factory.mktemp(request.param) / "host"
    shutil.copytree(FIXTURES / request.param, copy, symlinks=True)
    (copy / "sys").mkdir(exist_ok=True)
    for path in copy.rglob("*"):
        path.chmod(
            0o755 if path.is_dir() else 0o644, follow_symlinks=True
        ) if path.exists() else None
    return copy


@pytest.fixture
def pair(recorded: Path) -> Iterator[Pair]:
    made = Pair(recorded)
    yield made
    for path, text in made.texts.items():
        path.write_bytes(text)


def grown(random: Random, most: int) -> Callable[[bytes], bytes]:
    """The same words, with numbers that have grown."""
    return lambda text: _NUMBER.sub(
        lambda match: b"%d" % (int(match[0]) + random.randrange(most)), text
    )


def test_pages_are_the_same_as_numbers_grow(pair: Pair) -> None:
    random = Random(7)
    for most in (1, 10, 1000, 1 << 40, 1 << 62, 1 << 64, 3):
        pair.compare()
        pair.write(grown(random, most))
    assert pair.quick.steady.names


def test_pages_are_the_same_as_numbers_fall_and_words_change(pair: Pair) -> None:
    random = Random(8)
    for _ in range(12):
        pair.compare()
        pair.compare(OPENMETRICS)
        pair.write(lambda text: mutate(text, random)[1] if random.randrange(3) == 0 else text)
        pair.compare()
        pair.write(grown(random, 100))


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(numbers=st.lists(st.integers(0, 2**64 + 1), min_size=1, max_size=20))
def test_any_numbers(pair: Pair, numbers: list[int]) -> None:
    place = 0

    def another(match: re.Match[bytes]) -> bytes:
        nonlocal place
        place += 1
        return b"%d" % numbers[place % len(numbers)] if place % 7 == 0 else match[0]

    pair.compare()
    pair.write(lambda text: _NUMBER.sub(another, text))
    pair.compare()
    pair.compare()
