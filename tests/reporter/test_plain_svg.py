"""A plain picture has fewer elements and no CSS, and looks the same."""

from __future__ import annotations

import io
import re
import subprocess
import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pytest
import weasyprint
from matplotlib.axes import Axes
from PIL import Image

from reporter.charts import plain_svg, style
from reporter.pages.plain_paths import as_pdf
from tests.reporter import layout

WITH_ALL = """<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"
 width="90pt" height="60pt" viewBox="0 0 90 60" version="1.1"><metadata/>
 <defs><style type="text/css">*{stroke-linejoin: round; stroke-linecap: butt}</style></defs>
 <g id="figure_1"><g id="axes_1">
  <path d="M 0 0 L 9 9" style="fill: none; stroke: #ff0000; stroke-width: 2" clip-path="url(#c)"/>
  <defs><path id="m" d="M 0 0 L 0 3" style="stroke: #616e7c"/></defs>
  <g><use xlink:href="#m" x="7" y="8" style="fill: #616e7c; stroke: #616e7c"/></g>
  <text style="font-size: 8px; text-anchor: end" x="4" y="5" transform="rotate(-0 4 5)"
  >a &amp; b</text>
 </g></g>
 <defs><clipPath id="c"><rect x="0" y="0" width="8" height="8"/></clipPath></defs></svg>"""


def test_what_becomes_of_each_element() -> None:
    found = plain_svg.plain(WITH_ALL.encode()).decode()
    assert "style" not in found
    assert "<g" not in found
    assert '<path d="M 0 0 L 9 9" clip-path="url(#c)" fill="none" stroke="#ff0000"' in found
    assert '<path fill="#616e7c" stroke="#616e7c" d="M 7.00 8.00 L 7.00 11.00"' in found
    assert '<text x="4" y="5" font-size="8px" text-anchor="end">a &amp; b</text>' in found
    assert '<clipPath id="c"><rect' in found
    assert 'stroke-linejoin="round"' in found


def busy_chart(axes: Axes) -> None:
    times = np.arange(60)
    axes.plot(times, np.sin(times / 9), marker="o", markerfacecolor="white", label="a")
    axes.fill_between(times, np.cos(times / 9), -1, alpha=0.3, hatch="//", label="b")
    axes.errorbar([10, 30], [0, 0.5], yerr=[0.3, 0.2], capsize=3, linestyle="none", marker="s")
    axes.set_ylabel("upright")


def pixels(svg: bytes, folder: Path) -> np.ndarray:
    pdf = folder / "one.pdf"
    (folder / "one.svg").write_bytes(svg)
    weasyprint.HTML(string="<img src='one.svg'>", base_url=str(folder / "x")).write_pdf(pdf)
    command = ["pdftoppm", "-r", "72", "-png", str(pdf)]
    done = subprocess.run(command, capture_output=True, check=True)
    return np.asarray(Image.open(io.BytesIO(done.stdout)).convert("L"), dtype=float)


@pytest.mark.skipif(not layout.AVAILABLE, reason="no pdftoppm: scripts/setup-tests brings it")
def test_a_chart_looks_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def drawn() -> bytes:
        figure = style.figure(6, 2.5)
        busy_chart(figure.subplots())
        figure.legend(loc="outside upper left")
        return style.svg(figure)

    made = drawn()
    monkeypatch.setattr(style, "plain", bytes)
    usual = drawn()
    assert len(re.findall(rb"<\w", made)) < 0.6 * len(re.findall(rb"<\w", usual))
    differences = np.abs(pixels(made, tmp_path) - pixels(usual, tmp_path))
    assert differences.mean() < 0.05


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("M 0 1.5 L 2 -3 z", b"0 1.5 m 2 -3 l h"),
        ("M 0 0 \nL 1 1 \nM 2 2 \nL 3 3 ", b"0 0 m 1 1 l 2 2 m 3 3 l"),
        ("M 0 0 C 1 1 2 2 3 -3.5 z", b"0 0 m 1 1 2 2 3 -3.5 c h"),
        ("M 0 0 C 1 1 2 2", None),
        ("M 0 0 Q 1 1 2 2", None),
        ("m 0 0 l 1 1", None),
        ("L 0 0", None),
        ("M 0 0 L 1e3 2", None),
        ("", None),
    ],
)
def test_plain_paths_as_pdf(path: str, expected: bytes | None) -> None:
    found = as_pdf(path)
    assert (found and found.split()) == (expected and expected.split())


def test_what_others_registered_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    usual = plain_svg.plain(WITH_ALL.encode())
    monkeypatch.setattr(ET, "_namespace_map", {"http://www.w3.org/2000/svg": "other"})
    assert plain_svg.plain(WITH_ALL.encode()) == usual
    assert usual.startswith(b'<svg xmlns="http://www.w3.org/2000/svg" ')
    picture = WITH_ALL.replace("<g>", '<g><image xlink:href="data:image/png;base64,"/>', 1)
    assert b'<image xlink:href="data:image/png;base64,"' in plain_svg.plain(picture.encode())
