"""The kinds of numbers and texts that a result document has. Pure."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from perfanalysis.type_faults import LARGEST

Real = Annotated[float, Meta(gt=-LARGEST, lt=LARGEST)]
Amount = Annotated[float, Meta(ge=0, lt=LARGEST)]
Rate = Annotated[float, Meta(gt=0, lt=LARGEST)]
Seconds = Rate
Ratio = Annotated[float, Meta(ge=0, le=1)]
Count = Annotated[int, Meta(ge=0)]
Least1 = Annotated[int, Meta(ge=1)]
Text = Annotated[str, Meta(min_length=1)]
