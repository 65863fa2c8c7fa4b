"""A page as HTML, and HTML as PDF. Nothing is fetched: all that a report shows is inside it."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from pathlib import Path

import jinja2
import weasyprint
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher

from perfanalysis import __version__
from perfanalysis.errors import InputError
from reporter import page_files
from reporter.page import Page
from reporter.sandbox import Sandbox

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


def pdf(page: Page) -> tuple[bytes, int]:
    """The report as tagged PDF (PDF/UA-1) with its figures' data attached, and its count of pages.

    Only ``data:`` URIs are opened: a label's value must never make the reporter fetch anything.

    Raises:
        InputError: see ``html``.
    """
    text = html(page)
    fetcher = URLFetcher(allowed_protocols=("data",))
    fonts = FontConfiguration()
    document = weasyprint.HTML(string=text, url_fetcher=fetcher).render(font_config=fonts)
    made = datetime.fromtimestamp(page.generated, UTC)
    document.metadata.attachments = [
        weasyprint.Attachment(
            string=drawing.table.csv(),
            name=drawing.file_name,
            description=drawing.title,
            created=made,
            modified=made,
            relationship="Data",
        )
        for drawing in page.drawings
    ]
    content: bytes = document.write_pdf(
        pdf_variant="pdf/ua-1",
        pdf_identifier=hashlib.sha256(text.encode()).digest()[:16],
    )
    return content, len(document.pages)
