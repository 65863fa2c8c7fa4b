from __future__ import annotations

import mmap
import os

from benchmarks.touched_pages import forget_touched, touched_bytes

PAGES = 2000


def test_pages_that_were_touched_since_are_counted() -> None:
    with mmap.mmap(-1, PAGES * mmap.PAGESIZE) as block:
        block.write(b"x" * len(block))
        forget_touched(os.getpid())
        alone = touched_bytes(os.getpid())
        for page in range(PAGES):
            block[page * mmap.PAGESIZE] = 1
        assert touched_bytes(os.getpid()) - alone >= PAGES * mmap.PAGESIZE
