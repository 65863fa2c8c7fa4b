"""A file of prices as text, unpacked where it is gzip."""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

from perfanalysis.errors import InputError

_GZIP = b"\x1f\x8b"


@contextmanager
def opened(path: Path, *, newline: str | None = None) -> Iterator[TextIO]:
    """The file's text, of UTF-8 with or without its mark.

    Args:
        path: the file.
        newline: as of ``open``; "" for CSV.

    Raises:
        InputError: it cannot be read, breaks off in its packing, or is no UTF-8.
    """
    try:
        with path.open("rb") as raw:
            packed = raw.read(2) == _GZIP
            raw.seek(0)
            binary: Any = gzip.GzipFile(fileobj=raw) if packed else raw
            with io.TextIOWrapper(binary, encoding="utf-8-sig", newline=newline) as text:
                yield text
    except UnicodeDecodeError as error:
        raise InputError(str(path), "", "text in UTF-8") from error
    except (EOFError, zlib.error) as error:
        raise InputError(
            str(path), "", "a whole gzip file (it breaks off, or is damaged)"
        ) from error
    except OSError as error:
        raise InputError(str(path), "", f"a readable file ({error.strerror or error})") from error
