"""Collectors that C reads, as long as nothing but the numbers in their files changes.

What they say of themselves (``exporter/sources/steady.py``) is handed to C
(``exporter/native/steady.c``), which reads their files, holds their values against the rules, and
writes what the page has of them. A collector for which that is not enough is given back, and is
asked as ever.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import accumulate
from typing import Any

from exporter.native._numbers import ffi, lib
from exporter.sources.steady import Look, Steadiness, SteadyPart, TotalsRule
from perfanalysis.exposition.rendering import TEXT, Block, Layout

_LONGEST_LINE = 21
# Files may grow so much before they are read in Python again.
_SPARE = 4096
# Seconds; what has nanoseconds has them in 64 bits.
_NEVER = 2.0**33


class SteadyEntry:
    """One collector, in C.

    Args:
        name: of the collector.
        steadiness: what it says of itself.
        blocks: that it has handed over.
        look: what was seen of them.
    """

    def __init__(
        self, name: str, steadiness: Steadiness, blocks: Sequence[Block], look: Look
    ) -> None:
        self._prepare(name, steadiness, [len(block.values) for block in blocks], look)
        self._give_text([block.layout for block in blocks])

    def _prepare(
        self, name: str, steadiness: Steadiness, counts: Sequence[int], look: Look
    ) -> None:
        self.name = name
        self.layouts: list[Layout] = []
        self.parts = steadiness.parts
        self.since = 0
        self._counts = counts
        self._kept: list[Any] = [look.owner, look.checks]
        self.room = 0
        self.found_room = 1
        native = self.native = self._new("struct steady_collector *")
        parts = [self._part(*pair) for pair in zip(self.parts, counts, strict=True)]
        native.parts = self._new("struct steady_part[]", parts)
        self._texts: list[tuple[bytes, Any]] = []
        self._give_texts(self.parts)
        native.part_count = len(parts)
        native.checks = ffi.NULL if look.checks is None else look.checks
        native.room = _LONGEST_LINE * sum(counts) + len(look.written) + 1
        for i in range(2):
            native.written[i] = self._new("char[]", native.room)
        ffi.memmove(native.written[0], look.written, len(look.written))
        native.lengths[0] = len(look.written)
        native.until = int(min(steadiness.until, _NEVER) * 1e9)
        native.end = int(look.seconds * 1e9)

    def _new(self, kind: str, value: Any = None) -> Any:
        made = ffi.new(kind) if value is None else ffi.new(kind, value)
        # What C points to lives as long as somebody in Python holds it.
        self._kept.append(made)
        return made

    def _part(self, part: SteadyPart, count: int) -> dict[str, Any]:
        files = [file.native() for file in part.files]
        self._kept += files
        made: dict[str, Any] = {
            "files": self._new("struct kept_file *[]", files),
            "file_count": len(files),
            "value_count": count,
        }
        self.room = max(self.room, 2 * len(part.text) + _SPARE)
        numbers = part.numbers
        if numbers is None:
            return made
        self.found_room = max(self.found_room, _LONGEST_LINE * numbers.wanted)
        spelled = ffi.from_buffer(numbers.spelled)
        self._kept += [numbers.owner, numbers.words[0], numbers.spelled, spelled]
        picked: list[int] = []
        picks = []
        for positions, less in numbers.picks:
            picks.append((len(picked), len(positions), less))
            picked += positions
        return made | {
            "words": numbers.words[0],
            "word_count": numbers.words[1],
            "spelled": spelled,
            "numbers": self._new("struct number[]", numbers.wanted + 1),
            "number_count": numbers.wanted,
            "picks": self._new("struct pick[]", picks),
            "picked": self._new("uint32_t[]", picked),
            "may_fall": int(numbers.may_fall),
        }

    def _give_texts(self, parts: Sequence[SteadyPart]) -> None:
        """Hand over the texts that have to stay the same."""
        texts = []
        for i, part in enumerate(parts):
            if part.numbers is None:
                text = part.text
                texts.append((text, ffi.new("char[]", text)))
                self.native.parts[i].same, self.native.parts[i].same_length = (
                    texts[-1][1],
                    len(text),
                )
        self._texts = texts

    def _give_text(self, layouts: list[Layout]) -> None:
        """Hand over what stands around the values on a page."""
        self.layouts = layouts
        texts = [b""]
        for layout in layouts:
            first, *rest = layout.take_texts(TEXT)
            texts[-1] += first
            texts += rest
        native = self.native
        native.text = self._new("char[]", b"".join(texts))
        native.ends = self._new("uint32_t[]", list(accumulate(map(len, texts))))
        native.value_count = len(texts) - 1
        self.page_room = sum(map(len, texts)) + native.room

    def _written(self, which: int) -> bytes:
        native = self.native
        written: bytes = ffi.buffer(native.written[which], native.lengths[which])[:]
        return written

    @property
    def written(self) -> bytes:
        """The values that were good last, each with a newline behind it."""
        return self._written(self.native.now)

    @property
    def written_before(self) -> bytes:
        """Those of the look before that."""
        return self._written(1 - self.native.now)

    def blocks(self) -> list[Block]:
        """The blocks of the last look."""
        values = self.written.split(b"\n")
        blocks = []
        start = 0
        for layout, count in zip(self.layouts, self._counts, strict=True):
            blocks.append(Block(layout, values[start : start + count]))
            start += count
        return blocks

    @property
    def seen(self) -> Look:
        """What was shown last."""
        return Look(self.written, self.native.end * 1e-9)

    @property
    def seen_before(self) -> Look:
        """What was shown at the look before that."""
        return Look(self.written_before, self.native.before * 1e-9)

    def take_looks(self) -> int:
        """How many looks have found all well since this was asked last."""
        looks = int(self.native.looks)
        self.native.looks = 0
        return looks

    def renew(self, steadiness: Steadiness, blocks: Sequence[Block], look: Look) -> bool:
        """Go on with what Python has read in between; False where that is something else.

        Args:
            steadiness: what the collector says of itself now.
            blocks: that it has handed over.
            look: what was seen of them.
        """
        native = self.native
        same = [block.layout for block in blocks] == self.layouts and all(
            old.is_like(new) for old, new in zip(self.parts, steadiness.parts, strict=True)
        )
        checks = ffi.NULL if look.checks is None else look.checks
        if not same or len(look.written) > native.room or native.checks != checks:
            return False
        self._give_texts(steadiness.parts)
        ffi.memmove(native.written[native.now], look.written, len(look.written))
        native.lengths[native.now] = len(look.written)
        native.end = int(look.seconds * 1e9)
        native.until = int(min(steadiness.until, _NEVER) * 1e9)
        return True

    def give_back(self) -> None:
        """Let Python go on from what was shown last."""
        for part, block in zip(self.parts, self.blocks(), strict=True):
            if part.numbers is not None:
                part.numbers.owner.resume(block.values)


class TotalsEntry(SteadyEntry):
    """Rows of numbers that are looked at, and that no page has.

    Args:
        name: no collector has it.
        rule: what they are held against.
    """

    def __init__(self, name: str, rule: TotalsRule) -> None:
        count = rule.look.written.count(b"\n")
        self._prepare(name, Steadiness([rule.part]), [count], rule.look)
        self._give_text([])
        native = self.native
        native.columns, native.compared, native.slack = rule[1:4]


class SteadyPlan:
    """The collectors that C reads, all in one call."""

    def __init__(self) -> None:
        self.entries: list[SteadyEntry] = []
        self._plan = ffi.new("struct steady_plan *")
        self._kept: list[Any] = []
        self._page: Any = None
        self._page_room = 0

    def show(self, entries: Sequence[SteadyEntry]) -> None:
        """Read these from now on, files that several of them read once."""
        self.entries = sorted(entries, key=_first_file)
        room = max((entry.room for entry in entries), default=0)
        found_room = max((entry.found_room for entry in entries), default=0)
        collectors = ffi.new(
            "struct steady_collector *[]", [entry.native for entry in self.entries]
        )
        scratch, found = ffi.new("char[]", room + 1), ffi.new("char[]", found_room + 1)
        self._kept = [collectors, scratch, found]
        plan = self._plan
        plan.collectors, plan.count = collectors, len(entries)
        plan.scratch, plan.scratch_room = scratch, room
        plan.found, plan.found_room = found, found_room
        plan.at = len(entries)
        self._page_room = sum(entry.page_room for entry in entries)
        self._page = ffi.new("char[]", self._page_room + 1)

    def refresh(self, wanted: Callable[[str], bool] | None) -> None:
        """Read them, or those whose names are wanted; each entry's ``native.outcome`` says more."""
        for entry in self.entries:
            entry.native.wanted = wanted is None or wanted(entry.name)
        lib.refresh(self._plan)

    @property
    def current(self) -> str | None:
        """The collector that is being read just now, asked from another thread."""
        at = self._plan.at
        return self.entries[at].name if at < len(self.entries) else None

    def render(self, results: Sequence[SteadyEntry | Sequence[Block]]) -> list[Any]:
        """The page of these, in pieces; those of one collector behind another are one."""
        pieces: list[Any] = []
        start = end = 0
        for result in results:
            if isinstance(result, SteadyEntry):
                wrote = lib.write_steady(result.native, self._page + end, self._page_room - end)
                if wrote < 0:
                    raise ValueError(f"the values of {result.name} do not fit its series")
                end += wrote
                continue
            if end > start:
                pieces.append(ffi.buffer(self._page + start, end - start))
                start = end
            pieces += [block.layout.render(block.values, TEXT) for block in result]
        if end > start:
            pieces.append(ffi.buffer(self._page + start, end - start))
        return pieces


def _first_file(entry: SteadyEntry) -> str:
    return next((str(f.path) for part in entry.parts for f in part.files), "")
