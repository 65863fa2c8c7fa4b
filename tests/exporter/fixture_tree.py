"""``python -m tests.exporter.fixture_tree FOLDER``: copies the files that the collectors read.

The result is a fixture tree (``FOLDER/proc``, ``FOLDER/sys``) that the exporter can be pointed at
with ``--path.procfs`` and ``--path.sysfs``. Files of /proc and /sys cannot be copied by their
size, which the kernel gives as 0 or 4096, so they are read to their end. The host's name is
replaced by ``host``.
"""

from __future__ import annotations

import os
from pathlib import Path

import click

from exporter.app import exporter
from exporter.catalogue import CATALOGUE
from exporter.collecting.paths import make_paths
from exporter.page.scraping import Scraper
from exporter.registrations import make_collectors
from exporter.sources.files import Sources
from perfanalysis.errors import InputError
from perfanalysis.exposition.rendering import TEXT


def anonymise(data: bytes, host: str) -> bytes:
    """The content of a file without the host's name."""
    return data.replace(host.encode(), b"host") if len(host) > 3 else data


def copy_tree(target: Path, arguments: list[str]) -> list[Path]:
    """Run one scrape and copy every file it read below ``target``.

    Args:
        target: a folder; what it holds already stays.
        arguments: flags of ``perfanalysis exporter``.

    Returns:
        The files written.

    Raises:
        InputError: a flag's value is unusable.
    """
    with click.Context(exporter) as context:
        exporter.parse_args(context, list(arguments))
        flags = context.params
    paths = make_paths(flags)
    sources = Sources(paths)
    sources.note_what_is_read()
    Scraper(make_collectors(flags, sources, CATALOGUE), sources).scrape(TEXT)
    host = os.uname().nodename
    written = []
    for path in sorted(sources.opened()):
        for root, name in ((paths.procfs, "proc"), (paths.sysfs, "sys")):
            if path.is_relative_to(root):
                copy = target / name / path.relative_to(root)
                try:
                    data = path.read_bytes()
                except OSError:
                    continue
                copy.parent.mkdir(parents=True, exist_ok=True)
                copy.write_bytes(anonymise(data, host))
                written.append(copy)
    sources.close()
    return written


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("target", type=click.Path(file_okay=False, path_type=Path))
@click.argument("arguments", nargs=-1)
def main(target: Path, arguments: tuple[str, ...]) -> None:
    """Copy a fixture tree of this machine into TARGET; further words are exporter flags."""
    try:
        written = copy_tree(target, list(arguments))
    except InputError as error:
        raise click.ClickException(str(error)) from error
    for path in written:
        click.echo(path)


if __name__ == "__main__":
    main()
