"""Draws a report as HTML: its figures, and the pages around them. All it shows is inside it."""

from __future__ import annotations

from pathlib import Path

import jinja2

from perfanalysis import __version__
from perfanalysis.errors import InputError
from reporter.language import ENGLISH
from reporter.pages import template_files
from reporter.pages.drawn import Data, Drawn
from reporter.pages.fonts import remark
from reporter.pages.order import DrawingOrder
from reporter.pages.page import Page
from reporter.pages.sandbox import Sandbox
from reporter.pages.template_view import UnknownNameError

FILTERS = (
    "number",
    "signed",
    "figures",
    "ratio",
    "dollars",
    "gibibytes",
    "mebibytes",
    "seconds",
    "moment",
    "minute",
    "day",
)


def draw(order: DrawingOrder) -> Drawn:
    """The report as HTML.

    Raises:
        InputError: the template is not there, or is broken; file and line are named.
    """
    return of_page(Page(order.report_data, order.now, order.form))


def of_page(page: Page) -> Drawn:
    """A page as HTML.

    Raises:
        InputError: see ``draw``.
    """
    text = html(page)
    data = [Data(one.file_name, one.title, one.table.csv()) for one in page.drawings]
    said = remark(page.without_font, ENGLISH)
    return Drawn(text, data, (said,) if said else ())


def html(page: Page) -> str:
    """The report as one HTML document that needs no other file.

    Raises:
        InputError: the template is not there, or is broken; file and line are named.
    """
    folders = template_files.folders(page.config)
    environment = Sandbox(
        loader=jinja2.FileSystemLoader(folders),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    for name in FILTERS:
        environment.filters[name] = getattr(page.language, name)
    environment.globals["_"] = page.language.say
    name, logo = (
        template_files.template_name(page.config),
        template_files.logo_uri(page.config.logo),
    )
    try:
        return environment.get_template(name).render(page=page, version=__version__, logo=logo)
    except jinja2.TemplateNotFound as error:
        where = ", ".join(str(folder) for folder in folders)
        raise InputError(where, "template", f"a file {error.name}", name) from error
    except jinja2.TemplateSyntaxError as error:
        where = f"{error.filename or name}: line {error.lineno}"
        raise InputError(where, "", f"a template of Jinja ({error.message})") from error
    except Exception as error:
        line = _line(error, folders)
        if line is None:
            raise
        raise InputError(line, "", f"a template that can be rendered ({error})") from error


def _line(error: Exception, folders: list[Path]) -> str | None:
    """File and line of the innermost template in a traceback; None: no template is to blame."""
    found, trace = None, error.__traceback__
    while trace is not None:
        path = trace.tb_frame.f_code.co_filename
        if any(Path(path).is_relative_to(folder) for folder in folders):
            found = f"{path}: line {trace.tb_lineno}"
        elif _is_ours(error, path) and found:
            # The template called us, and we failed: that is no fault of the template's.
            return None
        trace = trace.tb_next
    return found


def _is_ours(error: Exception, path: str) -> bool:
    """Whether code of the report is to blame, and not a name that a template gave it."""
    ours = "reporter" in path and "jinja2" not in path
    return ours and not isinstance(error, UnknownNameError)
