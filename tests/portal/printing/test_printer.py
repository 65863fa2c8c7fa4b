"""PDFs: made in a process of their own, one at a time for a tenant, ended when they take long."""

from __future__ import annotations

import io
import sys
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pypdf
import pytest

from portal.printing.printer import Printer, PrinterBusyError, PrintingError

ONE, OTHER, THIRD = (uuid.UUID(int=number) for number in (1, 2, 3))


def speaking(program: str) -> tuple[str, ...]:
    return (sys.executable, "-c", program)


def test_a_page_is_printed_with_its_data() -> None:
    html = "<html lang='en'><head><title>T</title></head><body><h1>Grüße</h1></body></html>"
    made = Printer().pdf(ONE, html, {"comparison.csv": "a,b\r\n"})
    assert made.startswith(b"%PDF-")
    read = pypdf.PdfReader(io.BytesIO(made))
    assert "Grüße" in read.pages[0].extract_text()
    assert read.attachments == {"comparison.csv": [b"a,b\r\n"]}


@pytest.mark.parametrize(
    ("program", "said"),
    [
        ("import time; time.sleep(60)", "within 0.5 s"),
        ("import sys; sys.exit('no fonts')", "exit status 1: no fonts"),
        ("print('no PDF')", "exit status 0: it said nothing"),
        ("import os; os.kill(os.getpid(), 9)", "exit status -9"),
    ],
)
def test_what_goes_wrong_is_said(program: str, said: str) -> None:
    printer = Printer(seconds=0.5 if "sleep" in program else 60, command=speaking(program))
    with pytest.raises(PrintingError, match=said):
        printer.pdf(ONE, "", {})
    # Its place is free again.
    with pytest.raises(PrintingError):
        printer.pdf(ONE, "", {})


def test_who_comes_meanwhile_is_sent_away(tmp_path: Path) -> None:
    door = tmp_path / "door"
    waiting = f"import os, time\nwhile not os.path.exists({str(door)!r}): time.sleep(0.01)"
    printer = Printer(at_once=2, command=speaking(f"{waiting}\nprint('%PDF', end='')"))
    with ThreadPoolExecutor(2) as pool:
        made = [pool.submit(printer.pdf, tenant, "", {}) for tenant in (ONE, OTHER)]
        while len(printer.printing) < 2:
            time.sleep(0.01)
        for tenant, said in ((ONE, "of this tenant"), (THIRD, "of others")):
            with pytest.raises(PrinterBusyError, match=said):
                printer.pdf(tenant, "", {})
        door.touch()
        assert [one.result() for one in made] == [b"%PDF", b"%PDF"]
    assert printer.pdf(ONE, "", {}) == b"%PDF"
