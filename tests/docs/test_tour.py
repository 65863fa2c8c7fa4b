"""The tour's pictures are there, small, and shown; one command draws them."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from pictures.tour.screens import NAMES
from pictures.tour.shrinking import write
from tests.conftest import REPOSITORY

IMAGES = REPOSITORY / "docs" / "images"
LARGEST = 200_000


def test_every_screen_is_shown_in_its_order() -> None:
    shown = re.findall(
        r"!\[[^\]]+\]\(images/tour/([\w-]+)\.png\)", (REPOSITORY / "docs/tour.md").read_text()
    )
    assert tuple(shown) == NAMES
    assert sorted(NAMES) == sorted(path.stem for path in (IMAGES / "tour").glob("*.png"))
    assert len(NAMES) == 10


@pytest.mark.parametrize("picture", sorted(IMAGES.rglob("*.png")), ids=lambda path: path.name)
def test_pictures_are_small_and_shown(picture: Path) -> None:
    assert picture.stat().st_size < LARGEST
    pages = [*REPOSITORY.glob("*.md"), *(REPOSITORY / "docs").rglob("*.md")]
    name = picture.relative_to(REPOSITORY / "docs").as_posix()
    assert any(f"{name})" in page.read_text() for page in pages)


def test_what_is_empty_at_the_end_is_cut_off(tmp_path: Path) -> None:
    drawn = Image.new("RGB", (1200, 900), "white")
    drawn.paste("black", (0, 0, 300, 100))
    stream = io.BytesIO()
    drawn.save(stream, "PNG")
    size = Image.open(write(tmp_path / "a.png", stream.getvalue())).size
    assert size[0] == 1100
    assert 90 < size[1] < 140


@pytest.mark.long
@pytest.mark.skipif(
    not all(shutil.which(name) for name in ("chromium", "pdftoppm")),
    reason="no chromium and pdftoppm: scripts/setup-tests brings them",
)
def test_the_command_draws_them(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pictures.tour", "--output", tmp_path],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
        timeout=1200,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    for name in NAMES:
        picture = tmp_path / f"{name}.png"
        assert picture.stat().st_size < LARGEST
        shades = Image.open(picture).convert("L").getcolors(1 << 20)
        assert shades is not None
        assert len(shades) > 8, name
