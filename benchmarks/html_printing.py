"""``python -m benchmarks.html_printing HTML PDF``: what the reporter does with its HTML, alone."""

from __future__ import annotations

import sys
from pathlib import Path

from reporter.pages.drawn import Drawn
from reporter.pages.pdf import pdf


def main(source: str, target: str) -> None:
    """Print an HTML file of a report as tagged PDF; without the attached data, which it lacks."""
    content, _ = pdf(Drawn(Path(source).read_text(encoding="utf-8"), ()), 0.0)
    Path(target).write_bytes(content)


if __name__ == "__main__":
    main(*sys.argv[1:])
