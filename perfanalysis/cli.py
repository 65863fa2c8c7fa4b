"""The ``perfanalysis`` command: finds the sub-command, and turns errors into one line and a status.

Each sub-command lives in its room and is imported only when it is asked for. This is the one file
of the ground that names rooms, inside functions.
"""

from __future__ import annotations

import os
import sys
from typing import NoReturn

import click

from perfanalysis import __version__
from perfanalysis.errors import PerfAnalysisError
from perfanalysis.lazy_commands import Entry, LazyGroup
from perfanalysis.printable import printable


def _exporter() -> click.Command:
    from exporter.app import exporter

    return exporter


def _loadtest() -> click.Command:
    from loadtest.app import loadtest

    loadtest.add_entry("import", Entry(_results, _RESULTS_HELP))
    return loadtest


def _results() -> click.Command:
    from importing.commands.results import importing

    return importing


def _kinds() -> click.Command:
    from loadtest.kinds.app import kinds

    return kinds


def _import() -> click.Command:
    from importing.app import importing

    return importing


def _report() -> click.Command:
    from reporter.app import report

    return report


def _dashboards() -> click.Command:
    from grafana.dashboards.app import dashboards

    return dashboards


def _prices() -> click.Command:
    from prices.app import prices

    return prices


def _workload() -> click.Command:
    from workload.app import workload

    return workload


def _portal() -> click.Command:
    from portal.app import portal

    return portal


def _backup() -> click.Command:
    from operations.backup.app import backup

    return backup


def _doctor() -> click.Command:
    from operations.doctor.command import doctor

    return doctor


def _cloud() -> click.Command:
    from operations.cloud.app import cloud

    return cloud


def _completion() -> click.Command:
    from perfanalysis.completion import completion

    return completion


_RESULTS_HELP = "Turn training curves and sysbench logs into results."
_OF_REPORTS = ("babel", "jinja2", "jsonschema", "matplotlib", "weasyprint")
COMMANDS = {
    "exporter": Entry(_exporter, "Serve this machine's metrics to Prometheus."),
    "loadtest": Entry(_loadtest, "Measure how much work this machine does."),
    "kinds": Entry(_kinds, "Tell which machine does more of a stated kind of work."),
    "import": Entry(_import, "Bring in recordings of other programs."),
    "prices": Entry(_prices, "Keep what machines cost in a book.", "prices", ("sqlalchemy",)),
    "workload": Entry(_workload, "Record work, predict it on other machines, and replay it."),
    "portal": Entry(_portal, "Keep machines, load tests, tenants and keys.", "portal"),
    "backup": Entry(_backup, "Back up metrics and databases, and prove it by a restore."),
    "report": Entry(_report, "Write the price-performance report.", "report", _OF_REPORTS),
    "doctor": Entry(
        _doctor,
        "Look at an installation from end to end, and say what to do.",
        "loadtest",
        ("numpy",),
    ),
    "cloud": Entry(_cloud, "Say what machines of a comparison cost, before they are made."),
    "dashboards": Entry(_dashboards, "Build and check the Grafana dashboards.", "dashboards"),
    "completion": Entry(_completion, "Have your shell complete commands and flags."),
}


@click.group(
    cls=LazyGroup, entries=COMMANDS, context_settings={"help_option_names": ["-h", "--help"]}
)
@click.version_option(__version__, prog_name="perfanalysis")
def cli() -> None:
    """Measure machines, and tell which one gives the most work for the money."""


def fail(error: PerfAnalysisError) -> int:
    """Say an error in one line on standard error, and return its exit status."""
    print(f"perfanalysis: {printable(str(error))}", file=sys.stderr)
    return error.exit_status


def _usage_fault(error: click.ClickException) -> str:
    """What is wrong with a command line, in one line as all errors are."""
    said = printable(error.format_message())
    # Nothing was said at all: that is the help. Click has this kind from 8.2 on.
    if type(error).__name__ == "NoArgsIsHelpError":
        return said
    place = error.ctx.command_path if isinstance(error, click.UsageError) and error.ctx else ""
    return f"perfanalysis: {said}" + (f" Try '{place} --help'." if place else "")


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
        print(_usage_fault(error), file=sys.stderr)
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
