"""The command behind ``make demo``."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import MutableMapping
from pathlib import Path
from types import FrameType

import click

from demo import chain, kept
from demo.servers import REPOSITORY
from demo.settings import DemoSettings
from perfanalysis import progress
from perfanalysis.errors import PerfAnalysisError


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    default=REPOSITORY / "out",
    help="Folder of the report; default: out/ of the repository.",
)
@click.option(
    "--inventory",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    default=REPOSITORY / "demo" / "inventory.yaml",
    help="The machines to stand for, and their prices.",
)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=0,
    help="Port of Prometheus on the loopback address; default: a free one.",
)
@click.option("--keep", is_flag=True, help="Leave the servers up, and print their addresses.")
@click.option(
    "--full", is_flag=True, help="Also show a price book, a portal, a prediction, a phone's page."
)
@click.option("--stop", is_flag=True, help="Only stop what an earlier run with --keep left up.")
@click.argument("loadtest_arguments", nargs=-1, type=click.UNPROCESSED)
def demo(  # noqa: PLR0913, PLR0917 - one for each flag
    output: Path,
    inventory: Path,
    port: int,
    keep: bool,
    full: bool,
    stop: bool,
    loadtest_arguments: tuple[str, ...],
) -> None:
    """Measure this machine as two machines, and write its price-performance report.

    LOADTEST_ARGUMENTS, after ``--``, go to ``perfanalysis loadtest run``.
    """
    settings = DemoSettings(
        output=output.absolute(),
        inventory=inventory.absolute(),
        port=port,
        keep=keep,
        full=full,
        loadtest_arguments=list(loadtest_arguments),
    )
    if stop:
        count = kept.stop_kept(settings.work)
        click.echo(f"stopped {count} servers" if count else "nothing was left up", err=True)
        return
    # In a file or a pipe there is no width to keep to, and names must not be cut.
    width = None if progress.on_terminal() else 120
    chain.run(settings, progress.console(highlight=False, width=width))


def interrupt(signum: int, frame: FrameType | None) -> None:
    """Treat SIGTERM and SIGHUP as Ctrl-C: everything that was started is stopped."""
    del signum, frame
    raise KeyboardInterrupt


def spare_loopback(environment: MutableMapping[str, str]) -> None:
    """Let our own servers be asked directly, also where a proxy is set for all else."""
    for name in ("no_proxy", "NO_PROXY"):
        others = environment.get(name)
        environment[name] = f"{others},127.0.0.1" if others else "127.0.0.1"


def main() -> int:
    """Run the command; 0 done, 1 a step failed, 2 bad usage, 130 interrupted."""
    spare_loopback(os.environ)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, interrupt)
    try:
        demo.main(prog_name="make demo", standalone_mode=False)
    except PerfAnalysisError as error:
        print(f"demo: error: {error}", file=sys.stderr)
        return error.exit_status
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        print("demo: interrupted; everything that was started is stopped", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
