"""``perfanalysis import look``: what files are, and what becomes of each; nothing is imported."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import click

from importing.files import EXPECTED, kind_of, prepare
from importing.machines import ImportedMachine
from perfanalysis.errors import InputError, PerfAnalysisError
from perfanalysis.machines.identity import UNKNOWN
from perfanalysis.printable import printable

CAPTURE = "perfanalysis import capture"
NOT_KNOWN = "nothing that is known here"


@dataclass(frozen=True)
class SeenFile:
    """What a file is.

    Attributes:
        file: its path.
        kind: such as ``capture``; "": nothing that is imported as it is.
        begins: of its first record, RFC 3339; "": unknown.
        goes_to: the command that takes it, or, in words, what to do with it.
    """

    file: str
    kind: str
    begins: str
    goes_to: str


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print JSON, and no table.")
def look(paths: tuple[Path, ...], as_json: bool) -> None:
    """Say what files are, when they begin, and which command takes each.

    PATHS are files, or folders of them, without the folders in those. Nothing is imported. Exit
    status: 0 done, 2 a path is not there.
    """
    seen = [seen_file(path) for path in _files(paths)]
    if as_json:
        click.echo(json.dumps([asdict(one) for one in seen], indent=2))
        return
    for line in _lines(seen):
        click.echo(printable(line))


def _lines(seen: Sequence[SeenFile]) -> Iterator[str]:
    """What is taken by ``import capture``, in the order of time; then the others, with words."""
    taken = sorted((one for one in seen if one.goes_to == CAPTURE), key=lambda one: one.begins)
    width = max((len(one.kind) for one in taken), default=0)
    if taken:
        yield f"`{CAPTURE}` takes (with the time of the first record, where it is known):"
    for one in taken:
        yield f"  {one.begins:20}  {one.kind:{width}}  {one.file}"
    others = [one for one in seen if one.goes_to != CAPTURE]
    if others:
        yield "others:"
    for one in others:
        yield f"  {one.file}: {one.goes_to}"
    if not seen:
        yield "no files"


def _files(paths: Sequence[Path]) -> Iterator[Path]:
    for path in paths:
        if not path.is_dir():
            yield path
            continue
        try:
            found = sorted(path.iterdir())
        except OSError as error:
            raise InputError(str(path), "", f"a readable folder ({error.strerror})") from error
        yield from (one for one in found if one.is_file() and not one.name.startswith("."))


def seen_file(path: Path) -> SeenFile:
    """What a file is, by its first lines."""
    try:
        kind = kind_of(path)
    except InputError as error:
        # "a capture, a CSV or a result: a training curve goes to ..." says what it is instead.
        said = error.expected.removeprefix(f"{EXPECTED}: ").removeprefix("text, not ")
        return SeenFile(str(path), "", "", NOT_KNOWN if error.field else said)
    try:
        first = prepare(path, ImportedMachine(UNKNOWN)).first
    except PerfAnalysisError as error:
        # A monitor that needs to be told something, such as the number of CPUs.
        return SeenFile(str(path), kind, "", f"{CAPTURE}, told more: {error}")
    begins = datetime.fromtimestamp(first, UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if first else ""
    return SeenFile(str(path), kind, begins, CAPTURE)
