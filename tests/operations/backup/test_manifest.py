"""The document that a backup has of itself."""

from __future__ import annotations

import pytest

from operations.backup.manifest import AskedQuestion, Manifest, Part, Question, decode, encode
from perfanalysis.errors import PerfAnalysisError

PART = Part(
    source="a",
    kind="folder",
    snapshot="0" * 64,
    files=2,
    size=3,
    asked=(AskedQuestion(Question("q", "up", 1.5), {"job=a": "1.0"}),),
    facts={"roles": ["portal"]},
)
WHOLE = Manifest(set="20260101T000000Z-ab12", time=1.0, parts=(PART,), failed=("b",))


def test_it_comes_back_as_it_was() -> None:
    assert decode(encode(WHOLE), "m") == WHOLE


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"{", "m: expected a manifest in JSON"),
        (b"{}", "m: "),
        (encode(WHOLE).replace(b'"format": 1', b'"format": 2'), "expected format 1, found 2"),
        (encode(WHOLE).replace(b'"files": 2', b'"files": "two"'), "parts[0].files"),
    ],
)
def test_what_is_none_is_said(data: bytes, said: str) -> None:
    with pytest.raises(PerfAnalysisError) as caught:
        decode(data, "m")
    assert said in str(caught.value)
