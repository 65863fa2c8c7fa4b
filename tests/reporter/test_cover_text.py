"""What messages say of a report, for programs and for chats."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from perfanalysis.delivery.places.cover_text import html_text, json_text, one_line, slack_text
from tests.reporter.test_email_deliveries import COVER, SAID


def test_messages_for_programs_and_chats() -> None:
    assert json.loads(json_text(replace(SAID, group="web"))) == {
        "title": "Web tier, March",
        "group": "web",
        "from": "2025-10-09T08:53:20Z",
        "to": "2025-10-10T08:53:20Z",
        "verdict": list(COVER.sentences),
        "digest": SAID.digest,
    }
    # No name of a machine calls everybody, or is a link.
    evil = replace(SAID, cover=replace(COVER, sentences=("<!channel> & <http://x|y>",)))
    assert json.loads(slack_text(evil))["text"] == (
        "*Web tier, March*\n2025-10-09 to 2025-10-10\n• &lt;!channel&gt; &amp; &lt;http://x|y&gt;"
    )
    assert "<script>" not in html_text(
        replace(SAID, cover=replace(COVER, sentences=("<script>",), period="<script>")), tables=True
    )


@pytest.mark.parametrize(
    ("text", "line"), [("a b", "a b"), ("a\n b\tc", "a b c"), ("\x00", ""), ("a\u0085b", "a b")]
)
def test_one_line(text: str, line: str) -> None:
    assert one_line(text) == line
