"""Names of machines are text on a page, wherever a template puts them."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path

import pytest

from reporter.asking.answers import Answers
from reporter.pages.html import draw
from reporter.pages.order import DrawingOrder
from reporter.settings.report import Config
from tests.reporter.made import machine

BODY = """
{% set first = page.machines[0].name %}
{{ page.section(first, first) }}<p title="{{ first }}">{{ _(first) }} {{ first }}</p>
{% for identifier, text in page.sections %}<a href="#{{ identifier }}">{{ text }}</a>{% endfor %}
"""


class Seen(HTMLParser):
    """The elements of a page, and the names of their attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, list[str]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, [name for name, _ in attrs]))


@pytest.mark.parametrize(
    "name",
    [
        "a onclick=alert(1)",
        "a' onclick='alert(1)",
        'a" onclick="alert(1)',
        "<script>alert(1)</script>",
        "{{ 7 * 7 }}{name}%(name)s",
    ],
)
def test_a_name_is_neither_element_nor_attribute(tmp_path: Path, name: str) -> None:
    (tmp_path / "own.html.j2").write_text(BODY)
    machines = [machine(name, 700.0, 0.05)]
    answers = Answers(machines, {}, {}, {}, (), 0.0, 3600.0, 15.0, 60.0, "", ())
    page = draw(DrawingOrder(Config(template="own", templates=tmp_path), answers, None, 0.0)).html
    assert Seen(page).found == [("h2", ["id"]), ("p", ["title"]), ("a", ["href"])]
    assert "49" not in page
