"""While a PDF is laid out nothing is opened: no address, and no file of the machine."""

from __future__ import annotations

import http.server
import io
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pypdf
import weasyprint

from reporter.pages.drawn import Drawn
from reporter.pages.pdf import pdf

KEPT = "of the machine alone"


@contextmanager
def listener() -> Iterator[tuple[str, list[str]]]:
    """An address, and the paths that were asked of it."""
    asked: list[str] = []

    class AskedHandler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

        def log_message(self, *words: object) -> None:
            """Say nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), AskedHandler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def page(address: str, file: Path) -> str:
    """Every way in which HTML and CSS name something that is elsewhere."""
    return f"""<!DOCTYPE html><html lang="en"><head><title>t</title>
<link rel="stylesheet" href="{address}/link.css"><link rel="attachment" href="{file.as_uri()}">
<style>@import url("{address}/import.css");
@font-face {{ font-family: f; src: url("{address}/font.woff") }}
p {{ background: url("{address}/background.png"); font-family: f }}
li {{ list-style-image: url("{address}/list.png") }}
h1::before {{ content: url("{file.as_uri()}") }}</style></head><body><h1>text</h1><p>text</p>
<ul><li>text</ul><img src="{address}/image.png" alt="i"><img src="{file.as_uri()}" alt="f">
<object data="{address}/object.svg" type="image/svg+xml"></object>
<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9">
<image href="{address}/in-svg.png" width="9" height="9"/></svg></body></html>"""


def made(content: bytes) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(content))


def test_no_address_and_no_file_is_opened(tmp_path: Path) -> None:
    file = tmp_path / "private.txt"
    file.write_text(KEPT)
    with listener() as (address, asked):
        text = page(address, file)
        content, pages = pdf(Drawn(text, ()), 0.0)
        assert (asked, pages) == ([], 1)
        document = made(content)
        assert document.attachments == {}
        assert "text" in document.pages[0].extract_text()
        # Without our fetcher all of that is asked for: the page is one that would.
        weasyprint.HTML(string=text).write_pdf()
        assert {"/link.css", "/import.css", "/background.png", "/image.png"} <= set(asked)
        leaked = made(weasyprint.HTML(string=text).write_pdf())
        assert leaked.attachments["private.txt"][0].decode() == KEPT
