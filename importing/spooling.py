"""Values that came in the order of time, written out in the order of series, with little memory.

OpenMetrics wants all samples of a family together, and in a family all of a series. So values are
gathered by series in memory, some rows at once, and what has been gathered goes into one file as a
piece a series whenever it has grown to ``MOST_BYTES``. In the end each series' pieces are read back
in turn.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO

from importing.gathered_rows import RowGatherer
from importing.series import SeriesTable

MOST_BYTES = 16 * 1024 * 1024
_PIECE = 64 * 1024
END = b"# EOF\n"


class ValueSpool:
    """The values of some time, until they are written out; ends with its file's removal.

    Args:
        path: of the file that takes what memory should not; made when it is needed.
    """

    def __init__(self, path: Path) -> None:
        self.samples = 0
        self._path = path
        self._file: IO[bytes] | None = None
        self._end = 0
        self._gatherer = RowGatherer()
        self._buffers: list[bytearray] = []
        self._pieces: list[list[tuple[int, int]]] = []
        self._held = 0

    def add(
        self,
        numbers: Sequence[int],
        values: Sequence[bytes],
        suffixes: Sequence[bytes],
        time: bytes,
    ) -> None:
        """Take one value of each series.

        Args:
            numbers: of the series; the same list again is quicker.
            values, suffixes: as a ``Layout`` of the exporter has them.
            time: of all of them, seconds in text form.
        """
        self.samples += len(numbers)
        if lines := self._gatherer.add(numbers, values, suffixes, time):
            self._take(lines)

    def _take(self, lines: Iterable[tuple[int, bytes]]) -> None:
        """Put each series' lines behind those that it has."""
        for number, text in lines:
            if number >= len(self._buffers):
                more = number + 1 - len(self._buffers)
                self._buffers += [bytearray() for _ in range(more)]
                self._pieces += [[] for _ in range(more)]
            self._buffers[number] += text
            self._held += len(text)
        if self._held >= MOST_BYTES:
            self._put_down()

    def _put_down(self) -> None:
        if self._file is None:
            self._file = self._path.open("w+b")
        self._file.seek(self._end)
        for number, buffer in enumerate(self._buffers):
            if buffer:
                self._file.write(buffer)
                self._pieces[number].append((self._end, len(buffer)))
                self._end += len(buffer)
                self._buffers[number] = bytearray()
        self._held = 0

    def write(self, table: SeriesTable, out: IO[bytes]) -> None:
        """Write all as one OpenMetrics text.

        Raises:
            OSError: a file cannot be written or read.
        """
        self._take(self._gatherer.lines())
        for name, numbers in table.by_family().items():
            header = table.header(name)
            for number in numbers:
                prefix = table.prefix(number)
                for part in self._parts(number):
                    out.write(header)
                    header = b""
                    out.write(prefix)
                    out.write(part[:-1].replace(b"\n", b"\n" + prefix))
                    out.write(b"\n")
        out.write(END)

    def _parts(self, number: int) -> Iterator[bytes]:
        """Whole lines of one series, in order."""
        if number >= len(self._buffers):
            return
        for offset, length in self._pieces[number]:
            assert self._file is not None
            left, begun = length, b""
            self._file.seek(offset)
            while left:
                data = begun + self._file.read(min(left, _PIECE))
                left -= len(data) - len(begun)
                whole = data.rfind(b"\n") + 1
                begun = data[whole:]
                if whole:
                    yield data[:whole]
        if self._buffers[number]:
            yield bytes(self._buffers[number])

    def close(self) -> None:
        """Forget all."""
        if self._file is not None:
            self._file.close()
        with suppress(FileNotFoundError):
            self._path.unlink()
        self._buffers, self._pieces = [], []
