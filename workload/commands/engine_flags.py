"""The flags of commands that ask an engine for machines with load tests."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import click

from perfanalysis.delivery.flags import EndpointFlags, endpoint_flags
from perfanalysis.duration_range import DurationRange
from perfanalysis.errors import InputError
from perfanalysis.flag_groups import grouped
from perfanalysis.renamed_option import RenamedOption
from perfanalysis.results.state import default_state_directory
from prices.book.opening import FILE, opened
from workload.candidates import reading
from workload.candidates.reading import KnownCandidates, PriceFinder
from workload.candidates.recorded import RecordedSizes
from workload.candidates.stated import filled_in
from workload.commands.type_facts import price_finder, read_types

_FILE = click.Path(dir_okay=False, path_type=Path)
ENGINE = EndpointFlags(
    "prometheus",
    "--prometheus",
    variable="PERFANALYSIS_PROMETHEUS_KEY",
    old_url_flags=("--from-prometheus",),
)


@dataclass(frozen=True)
class CandidateFlags:
    """Where candidates come from; see the help of each flag."""

    file: Path | None = None
    endpoint: EndpointFlags = ENGINE
    timeout: float = 30.0
    lists: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    book: Path | None = None

    @property
    def shown(self) -> str:
        """File or engine, for a message."""
        return str(self.file) if self.file else self.endpoint.endpoint().shown

    def read(self, files: Sequence[Path] = ()) -> KnownCandidates:
        """All candidates, with what lists of types and the price book say of them.

        Args:
            files: recordings, which tell how large their machines are.

        Raises:
            InputError: a flag or file is unusable, or neither file nor engine was given.
            QueryError: the engine could not be asked.
        """
        self.endpoint.check()
        if (self.file is None) == (self.endpoint.url is None):
            expected = (
                "a file that says which machines may be chosen (docs/prediction.md has one to "
                "begin with), or --prometheus with an engine that has their load tests"
            )
            raise InputError("--candidates", "", expected, None if self.file is None else "both")
        if self.file is not None and self.lists:
            raise InputError("--types", "", "--prometheus beside it; a file has `types`")
        with ExitStack() as stack:
            return self._read(self._prices(stack), files)

    def _read(self, price_of: PriceFinder, files: Sequence[Path]) -> KnownCandidates:
        if self.file is not None:
            return reading.read(self.file, read_types, price_of, RecordedSizes(files))
        from perfanalysis.promql import Access, Engine
        from workload.candidates import engine

        types = read_types([_list(text) for text in self.lists])
        access = Access(self.endpoint.endpoint(), self.timeout)
        return filled_in(engine.read(Engine(access), time.time()), types, price_of)

    def _prices(self, stack: ExitStack) -> PriceFinder:
        place = self.book or default_state_directory() / FILE
        connection = None
        if self.book is not None or place.exists():
            connection = stack.enter_context(opened(place))
        return price_finder(connection)


def _list(text: str) -> tuple[str, Path]:
    source, _, file = text.partition("=")
    if not source or not file:
        raise InputError("--types", "", "SOURCE=FILE, such as aws-instance-types=types.json", text)
    return source, Path(file)


candidate_flags = grouped(
    "given",
    CandidateFlags,
    (
        click.option(
            "--candidates", "from_file", type=_FILE, help="File of candidates; docs/prediction.md."
        ),
        endpoint_flags(
            "from_endpoint",
            ENGINE,
            help="All machines that a PromQL engine has load tests of are candidates.",
        ),
        click.option(
            "--prometheus-timeout",
            "from_timeout",
            cls=RenamedOption,
            old_names=("--query-timeout",),
            type=DurationRange(min=1, max=3600),
            default="30s",
            show_default=True,
            help="With --prometheus: how long one query may take.",
        ),
        click.option(
            "--types",
            "from_lists",
            multiple=True,
            metavar="SOURCE=FILE",
            help="With --prometheus: a list of types, as `prices` reads them, which tells "
            "limits of disks and network; may be given again.",
        ),
        click.option(
            "--type",
            "from_types",
            multiple=True,
            metavar="NAME",
            help="Only candidates of this instance type; may be given again. The source is found "
            "among all.",
        ),
        click.option(
            "--price-book",
            "from_book",
            cls=RenamedOption,
            old_names=("--book",),
            type=_FILE,
            help=f"The price book; default: {FILE} in the state folder, if there.",
        ),
    ),
    prefix="from_",
)
