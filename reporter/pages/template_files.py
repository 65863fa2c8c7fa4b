"""The files that pages are made of beside the data: templates, and the logo."""

from __future__ import annotations

import base64
import mimetypes
from pathlib import Path

from perfanalysis.errors import InputError
from reporter.settings.report import Config

TEMPLATES = Path(__file__).parent / "templates"


def folders(config: Config) -> list[Path]:
    """Where templates are: a person's own folder first, if there is one."""
    return [folder for folder in (config.templates, TEMPLATES) if folder]


def template_name(config: Config) -> str:
    """The file of the template."""
    return f"{config.template}.html.j2"


def check(config: Config) -> None:
    """See that template and logo are there, before anybody is asked for data.

    Raises:
        InputError: one is not.
    """
    name, places = template_name(config), folders(config)
    if not any((folder / name).is_file() for folder in places):
        where = ", ".join(str(folder) for folder in places)
        raise InputError(where, "template", f"a file {name}", config.template)
    logo_uri(config.logo)


def logo_uri(path: Path | None) -> str:
    """A picture as a ``data:`` URI; "" when there is none.

    Raises:
        InputError: it is no picture, or cannot be read.
    """
    if path is None:
        return ""
    kind = mimetypes.guess_type(path.name)[0] or ""
    if not kind.startswith("image/"):
        raise InputError(str(path), "logo", "a picture (.svg, .png, .jpg)")
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InputError(str(path), "logo", f"a readable picture ({error.strerror})") from error
    return f"data:{kind};base64,{base64.b64encode(content).decode('ascii')}"
