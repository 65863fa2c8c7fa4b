"""Where the process begins: the exporter without what only reads command lines, or the command."""

from __future__ import annotations

import sys
from typing import NoReturn

from perfanalysis.errors import PerfAnalysisError
from perfanalysis.unchecked_annotations import unchecked_annotations


def main() -> NoReturn:
    """The entry point of the console script."""
    if sys.argv[1:2] == ["exporter"]:
        with unchecked_annotations():
            from exporter.plain_start import serve_plainly

        try:
            if serve_plainly(sys.argv[2:]):
                sys.exit(0)
        except PerfAnalysisError as error:
            from perfanalysis.cli import fail

            sys.exit(fail(error))
        except KeyboardInterrupt:
            # Before the server listens; from then on a signal ends it in order.
            print("perfanalysis: interrupted", file=sys.stderr)
            sys.exit(130)
    from perfanalysis import cli

    cli.main()
