from __future__ import annotations

import ctypes.util
import subprocess
import sys

import pytest

from reporter.pages.sonames import without_search


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux's loader knows sonames")
def test_the_search_is_left_out_for_a_while() -> None:
    search = ctypes.util.find_library
    with pytest.raises(ZeroDivisionError), without_search():
        assert ctypes.util.find_library("c") is None
        raise ZeroDivisionError
    assert ctypes.util.find_library is search


def test_printing_starts_no_program() -> None:
    code = (
        "import sys; started = []\n"
        "sys.addaudithook(lambda name, _: started.append(name) if name == 'subprocess.Popen'"
        " else None)\n"
        "import reporter.pages.pdf\n"
        "assert reporter.pages.pdf.weasyprint.HTML\n"
        "print(started)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
