"""Where the process begins: what runs for long without click, or the command."""

from __future__ import annotations

import os
import sys
from typing import NoReturn

from perfanalysis.errors import PerfAnalysisError
from perfanalysis.unchecked_annotations import unchecked_annotations

_RECORD = ["workload", "record"]


def main() -> NoReturn:
    """The entry point of the console script."""
    try:
        if _ran_plainly(sys.argv[1:]):
            sys.exit(0)
    except PerfAnalysisError as error:
        from perfanalysis.cli import fail

        sys.exit(fail(error))
    except KeyboardInterrupt:
        # Before signals are waited for; from then on one ends the work in order.
        print("perfanalysis: interrupted", file=sys.stderr)
        sys.exit(130)
    except BrokenPipeError:
        # As in cli.py: who read what is printed has gone.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    from perfanalysis import cli

    cli.main()


def _ran_plainly(words: list[str]) -> bool:
    """Do what a plain command line says that is to run for long; whether it was one."""
    if words[:1] == ["exporter"]:
        with unchecked_annotations():
            from exporter.plain_start import serve_plainly

        return serve_plainly(words[1:])
    if words[:2] == _RECORD:
        with unchecked_annotations():
            from workload.recording.plain_start import record_plainly

        return record_plainly(words[2:])
    return False
