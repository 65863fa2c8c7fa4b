"""The ``perfanalysis`` command: finds the sub-command, and turns errors into one line and a status.

Each sub-command lives in its room and is imported only when it is asked for, so that the
exporter's process holds no numpy and ``perfanalysis --help`` is quick.
"""

from __future__ import annotations

import importlib
import os
import sys
from typing import NoReturn

import click

from perfanalysis import __version__
from perfanalysis.errors import PerfAnalysisError

# name: (module, attribute, one line of help, the extra that it needs)
COMMANDS: dict[str, tuple[str, str, str, str]] = {
    "exporter": ("exporter.app", "exporter", "Serve this machine's metrics to Prometheus.", ""),
    "loadtest": ("loadtest.app", "loadtest", "Measure how much work this machine does.", ""),
    "import": ("importing.app", "importing", "Bring in recordings of other programs.", ""),
    "report": ("reporter.app", "report", "Write the price-performance report.", "report"),
    "dashboards": (
        "grafana.dashboards.app",
        "dashboards",
        "Build and check the Grafana dashboards.",
        "dashboards",
    ),
}


class LazyGroup(click.Group):
    """A group whose sub-commands are imported when they are used."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of all sub-commands, in the order of ``COMMANDS``."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import one sub-command; None when there is none of that name.

        Raises:
            PerfAnalysisError: an extra that the sub-command needs is not installed.
        """
        del ctx
        if cmd_name not in COMMANDS:
            return None
        module, attribute, _, extra = COMMANDS[cmd_name]
        try:
            command = getattr(importlib.import_module(module), attribute)
        except ModuleNotFoundError as error:
            if not extra or (error.name or "").split(".")[0] == module.split(".")[0]:
                raise
            raise PerfAnalysisError(
                f"`perfanalysis {cmd_name}` needs the Python package {error.name!r}, which is not "
                f"installed: pip install 'perfanalysis[{extra}]'"
            ) from error
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of sub-commands without importing any of them."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, entry[2]) for name, entry in COMMANDS.items()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="perfanalysis")
def cli() -> None:
    """Measure machines, and tell which one gives the most work for the money."""


def fail(error: PerfAnalysisError) -> int:
    """Say an error in one line on standard error, and return its exit status."""
    print(f"perfanalysis: {error}", file=sys.stderr)
    return error.exit_status


def run(arguments: list[str] | None = None) -> int:
    """Run the command and return its exit status: 0 done, 1 the work failed, 2 bad input or usage.

    Args:
        arguments: the words after ``perfanalysis``; the process's own when None.
    """
    try:
        status = cli.main(args=arguments, prog_name="perfanalysis", standalone_mode=False)
    except PerfAnalysisError as error:
        return fail(error)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except click.Abort:
        print("perfanalysis: interrupted", file=sys.stderr)
        return 130
    except BrokenPipeError:
        # The reader of our output has gone; the interpreter must not try to flush to it at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    return status if isinstance(status, int) else 0


def main() -> NoReturn:
    """The entry point of the console script."""
    sys.exit(run())


if __name__ == "__main__":
    main()
