"""Pictures small enough for a repository: no wider than pages show them, with few colours."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image, ImageChops

from perfanalysis.atomic_write import write_atomically

WIDEST = 1100
# Of screens; photographs would need more.
COLOURS = 64
_MARGIN = 24


def write(path: Path, png: bytes, tallest: int = 0) -> Path:
    """Write a PNG, made small; what is beyond ``tallest`` pixels (0: nothing) is cut off below."""
    picture = Image.open(io.BytesIO(png)).convert("RGB")
    if picture.width > WIDEST:
        height = round(picture.height * WIDEST / picture.width)
        picture = picture.resize((WIDEST, height), Image.Resampling.LANCZOS)
    picture = _without_empty_end(picture)
    if tallest and picture.height > tallest:
        picture = picture.crop((0, 0, picture.width, tallest))
    few = picture.quantize(COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    stream = io.BytesIO()
    few.save(stream, "PNG", optimize=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, stream.getvalue())
    return path


def _without_empty_end(picture: Image.Image) -> Image.Image:
    """A picture up to a little below the last thing that is shown."""
    corner = picture.getpixel((picture.width - 1, picture.height - 1))
    assert isinstance(corner, tuple)
    empty = Image.new("RGB", picture.size, corner)
    shown = ImageChops.difference(picture, empty).getbbox()
    if shown is None:
        return picture
    return picture.crop((0, 0, picture.width, min(picture.height, shown[3] + _MARGIN)))
