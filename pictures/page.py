"""A dashboard as one HTML file: the grid, each panel's picture, description and queries."""

from __future__ import annotations

import base64
from collections.abc import Sequence

from markupsafe import Markup, escape

from grafana.dashboards.words import GRID_WIDTH, Dashboard
from pictures.answers import PanelAnswer
from pictures.drawing.looks import DARK, LIGHT
from pictures.picture import panel_png, places

_STYLE = f"""
body {{ margin: 1rem; font: 14px/1.4 Inter, sans-serif; background: #f4f5f5; color: #24292e }}
main {{ display: grid; grid-template-columns: repeat({GRID_WIDTH}, 1fr); gap: 8px }}
section {{ background: #fff; border: 1px solid #e4e7eb; border-radius: 3px; padding: 4px }}
h2 {{ grid-column: 1 / -1; font-size: 15px; margin: 12px 0 0 }}
img {{ width: 100%; display: block }}
details {{ font-size: 12px; color: #6e7781 }}
code {{ display: block; white-space: pre-wrap; margin: 4px 0 }}
.fault {{ color: #c4162a }}
.dark {{ display: none }}
@media (prefers-color-scheme: dark) {{
  body {{ background: #111217; color: #ccccdc }}
  section {{ background: #181b1f; border-color: #2c3235 }}
  .dark {{ display: block }} .light {{ display: none }}
}}
"""


def html(dashboard: Dashboard, answers: Sequence[PanelAnswer], note: str) -> bytes:
    """One file that needs no other, in both themes.

    Args:
        dashboard: what is shown.
        answers: those of its panels, in order.
        note: where the answers are from.
    """
    waiting = list(answers)
    parts = []
    for title, left, top, wide, high in places(dashboard):
        if title.startswith("# "):
            parts.append(Markup("<h2>{}</h2>").format(title[2:]))
            continue
        del top, high
        parts.append(_section(waiting.pop(0), left, wide))
    body = Markup("\n").join(parts)
    page = Markup(
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{}</title>'
        "<style>{}</style></head><body><h1>{}</h1><p>{}</p><p>{}</p><main>{}</main></body></html>\n"
    ).format(dashboard.title, Markup(_STYLE), dashboard.title, dashboard.description, note, body)  # noqa: S704 - our own constant
    return str(page).encode()


def _section(answer: PanelAnswer, left: int, wide: int) -> Markup:
    panel = answer.panel
    pictures = Markup("").join(
        Markup('<img class="{}" alt="{}" src="data:image/png;base64,{}">').format(
            name, panel.title, base64.b64encode(panel_png(answer, theme, 110)).decode()
        )
        for name, theme in (("light", LIGHT), ("dark", DARK))
    )
    fault = Markup('<p class="fault">{}</p>').format(answer.fault) if answer.fault else ""
    queries = Markup("").join(
        Markup("<code>{}</code>").format(query.expression) for query in panel.queries
    )
    return Markup(
        '<section style="grid-column: {} / span {}">{}{}<details><summary>{}</summary>{}</details>'
        "</section>"
    ).format(left + 1, wide, pictures, fault, escape(panel.description), queries)
