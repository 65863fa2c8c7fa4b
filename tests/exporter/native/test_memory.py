"""Pages of libraries that nobody uses go back to the kernel, and come again when they are used."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """
import re, sys, zlib
from exporter.native._numbers import lib

def mapped():
    return int(re.search(r"RssFile:\\s+(\\d+) kB", open("/proc/self/status").read())[1])

before, checked = mapped(), zlib.crc32(b"text")
for _ in range(3):
    lib.give_memory_back()
    after = mapped()
    assert zlib.crc32(b"text") == checked
    assert re.fullmatch("a+b", "aab") and sorted({3: 1, 2: 1}) == [2, 3]
print(before, after)
"""


def test_pages_as_their_files_have_them_go_and_come_again() -> None:
    command = [sys.executable, "-c", PROGRAM]
    ran = subprocess.run(command, capture_output=True, text=True, check=True)
    before, after = map(int, ran.stdout.split())
    assert after < before * 0.8
