"""A command and what it printed, as a page that looks like a terminal."""

from __future__ import annotations

import html
import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

from demo.commands import PERFANALYSIS
from perfanalysis.errors import PerfAnalysisError

COLUMNS = 108
_PAGE = """<!doctype html><meta charset="utf-8"><style>
body {{ margin: 0; background: #1b1f27; }}
main {{ display: inline-block; padding: 18px 22px; }}
pre {{ margin: 0; color: #d7dce2; font: 14px/1.35 "DejaVu Sans Mono", monospace; }}
b {{ color: #8fd19e; font-weight: normal; }}
</style><main><pre>{}</pre></main>"""


def page(shown: Sequence[tuple[str, str]]) -> str:
    """The page of commands, each with what it printed."""
    parts = [f"<b>$ {html.escape(line)}</b>\n{html.escape(said)}" for line, said in shown]
    return _PAGE.format("\n".join(parts))


def said(words: Sequence[str], folder: Path, **more: str) -> str:
    """What ``perfanalysis`` prints with these words, run in a folder that messages do not show.

    Raises:
        PerfAnalysisError: it failed.
    """
    done = subprocess.run(
        [*PERFANALYSIS, *words],
        cwd=folder,
        env=os.environ | {"COLUMNS": str(COLUMNS), "PERFANALYSIS_STATE_DIRECTORY": "state"} | more,
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    if done.returncode != 0:
        raise PerfAnalysisError(f"perfanalysis {' '.join(words)}: {done.stderr.strip()[-500:]}")
    return done.stdout
