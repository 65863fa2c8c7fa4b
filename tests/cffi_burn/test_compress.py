"""What the compressing kernels leave in their memory is the made text, compressed."""

from __future__ import annotations

import ctypes
import shutil
import subprocess
import zlib

import pytest

from cffi_burn.kernel import all_kernels
from cffi_burn.made_text import made_text, text_bytes
from cffi_burn.worker import Worker

MADE = "Cavaysaes anway ienogo inaneee ttaooare moaoaeteae onn oeaoees. Tmrwqmee.\nUms onn "


def frame(name: str, grain_bytes: int) -> tuple[bytes, bytes]:
    """The text of one pass, and what stands behind it when all of it is compressed."""
    if name not in all_kernels():
        pytest.skip(f"this build has no kernel {name}")
    kernel = all_kernels()[name]
    size = text_bytes(kernel.memory_bytes, grain_bytes)
    worker = Worker(kernel)
    try:
        # A second pass begins a frame of its own.
        for _ in range(2):
            worker.run(size // grain_bytes)
        memory = ctypes.string_at(worker.memory.start, len(worker.memory))
    finally:
        worker.close()
    return memory[:size], memory[size:]


def test_the_text_is_the_same_in_c_and_in_python() -> None:
    assert made_text(len(MADE)).decode() == MADE
    text, _ = frame("compress_zlib5", 8192)
    assert len(text) == 4 << 20
    assert text == made_text(len(text))


def test_zlib_writes_the_text_as_gzip() -> None:
    text, compressed = frame("compress_zlib5", 8192)
    stream = zlib.decompressobj(31)
    assert stream.decompress(compressed) == text
    taken = len(compressed) - len(stream.unused_data)
    # As much of an English book is left by gzip: 38 to 41 %.
    assert 0.37 < taken / len(text) < 0.42


def test_zstd_writes_the_text_as_a_frame() -> None:
    if shutil.which("zstd") is None:
        pytest.skip("zstd is not on this machine")
    text, compressed = frame("compress_zstd7", 16_384)
    # Behind the frame there are zeros, which are none.
    done = subprocess.run(["zstd", "-dcq"], input=compressed, capture_output=True, check=False)
    assert done.stdout == text
    assert len(compressed.rstrip(b"\0")) < 0.34 * len(text)
