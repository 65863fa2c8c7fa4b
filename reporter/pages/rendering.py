"""A page as HTML. All that a report shows is inside it."""

from __future__ import annotations

from pathlib import Path

import jinja2

from perfanalysis import __version__
from perfanalysis.errors import InputError
from reporter.pages import files as page_files
from reporter.pages.page import Page
from reporter.pages.sandbox import Sandbox

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
)


def html(page: Page) -> str:
    """The report as one HTML document that needs no other file.

    Raises:
        InputError: the template is not there, or is broken; file and line are named.
    """
    folders = page_files.folders(page.config)
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
    name, logo = page_files.template_name(page.config), page_files.logo_uri(page.config.logo)
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
        elif found and "reporter" in path and "jinja2" not in path:
            # The template called us, and we failed: that is no fault of the template's.
            return None
        trace = trace.tb_next
    return found
