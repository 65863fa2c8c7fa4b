"""The process that makes one PDF: an order on standard input, the PDF on standard output.

It is a process because laying pages out takes seconds of CPU time and memory that is not given
back, and because only a process can be ended in the middle. Nothing is fetched meanwhile.
"""

from __future__ import annotations

import json
import resource
import sys

from perfanalysis.extras import missing

CPU_SECONDS, MEMORY_BYTES = 60, 2 << 30


def main() -> int:
    """Its exit status: 0 made, 2 the library that makes PDFs is not installed."""
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    order = json.load(sys.stdin)
    try:
        from reporter.app import printed

        content = printed(order["html"], order["generated"], order["data"])
    except ModuleNotFoundError as error:
        sys.stderr.write(missing("a PDF", error.name or "weasyprint", "report") + "\n")
        return 2
    sys.stdout.buffer.write(content)
    return 0


if __name__ == "__main__":
    sys.exit(main())
