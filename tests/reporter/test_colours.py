"""Colours print and are told apart: contrast by WCAG, distance as people without red or green see.

Simulation: Viénot, Brettel and Mollon, "Digital video colourmaps for checking the legibility of
displays by dichromats" (Color Research & Application 1999). Distance: CIE 1976, in L*a*b*.
"""

from __future__ import annotations

import itertools
import re

import numpy as np
import pytest

from reporter.charts import style
from reporter.pages.template_files import TEMPLATES

TO_LMS = np.array(
    [[17.8824, 43.5161, 4.11935], [3.45565, 27.1554, 3.86714], [0.0299566, 0.184309, 1.46709]]
)
SEEN = {
    "everybody": np.eye(3),
    "protanopia": np.array([[0, 2.02344, -2.52581], [0, 1, 0], [0, 0, 1]]),
    "deuteranopia": np.array([[1, 0, 0], [0.494207, 0, 1.24827], [0, 0, 1]]),
}
TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])


def linear(colour: str) -> np.ndarray:
    values = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def contrast(one: str, other: str) -> float:
    bright, dark = sorted((float(TO_XYZ[1] @ linear(c)) for c in (one, other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def lab(colour: str, eyes: str) -> np.ndarray:
    rgb = np.clip(np.linalg.inv(TO_LMS) @ SEEN[eyes] @ TO_LMS @ linear(colour), 0, 1)
    x, y, z = np.cbrt(np.maximum(TO_XYZ @ rgb / np.array([0.9505, 1, 1.089]), 0.008856))
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def test_the_simulation_takes_red_and_green_for_alike() -> None:
    red, green = "#c04040", "#606000"
    far = np.linalg.norm(lab(red, "everybody") - lab(green, "everybody"))
    near = np.linalg.norm(lab(red, "deuteranopia") - lab(green, "deuteranopia"))
    assert near < far / 2


@pytest.mark.parametrize("eyes", SEEN)
def test_machines_are_told_apart(eyes: str) -> None:
    for (i, one), (j, other) in itertools.combinations(enumerate(style.COLOURS), 2):
        distance = np.linalg.norm(lab(one, eyes) - lab(other, eyes))
        looks = style.look(i)["linestyle"], style.look(j)["linestyle"]
        # Where colours come near each other, dashes and markers differ.
        assert distance > 20 or (distance > 8 and looks[0] != looks[1]), (one, other, distance)


@pytest.mark.parametrize("eyes", SEEN)
def test_the_first_four_are_told_apart_by_colour_alone(eyes: str) -> None:
    for one, other in itertools.combinations(style.COLOURS[:4], 2):
        assert np.linalg.norm(lab(one, eyes) - lab(other, eyes)) > 15, (one, other)


def test_all_text_has_contrast_on_its_ground() -> None:
    css = (TEMPLATES / "report.css").read_text()
    inks = set(re.findall(r"[{; ]color: (#[0-9a-f]{6})", css)) | {style.INK, style.MUTED}
    grounds = {"#ffffff", "#f0f4f8"}
    assert len(inks) >= 4
    for ink, ground in itertools.product(inks, grounds):
        assert contrast(ink, ground) >= 4.5, (ink, ground)


def test_lines_have_contrast_on_paper() -> None:
    # WCAG asks 3 of graphics; below it, dashes, markers and a legend tell what the line is.
    strong = [colour for colour in style.COLOURS if contrast(colour, "#ffffff") >= 3]
    assert len(strong) >= 5
    assert min(contrast(colour, "#ffffff") for colour in style.COLOURS) >= 2
