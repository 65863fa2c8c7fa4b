"""What a template may reach: the report's data, and neither keys nor files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jinja2
import numpy as np
import pytest
from jinja2.exceptions import SecurityError

from perfanalysis.delivery.credentials import Credentials
from perfanalysis.delivery.endpoint import Endpoint
from perfanalysis.estimates.statistics import Estimate
from perfanalysis.promql import Access, Sample
from reporter.language import Language
from reporter.pages.sandbox import Sandbox
from reporter.settings.report import Config


@pytest.fixture
def seen(tmp_path: Path) -> dict[str, Any]:
    """What a page leads to: settings with a key and a path, arrays, records."""
    (tmp_path / "key").write_text("a-secret-key")
    access = Access(Endpoint("http://localhost:9090", Credentials(str(tmp_path / "key"))))
    return {
        "language": Language(),
        "config": Config(access=access, templates=tmp_path),
        "values": np.array([1.0, 2.0]),
        "estimate": Estimate(3.0, 2.0, 4.0),
        "sample": Sample({"instance": "a"}, 1.0, 2.0),
    }


def rendered(text: str, seen: dict[str, Any]) -> str:
    sandbox = Sandbox(undefined=jinja2.StrictUndefined)
    sandbox.globals["_"] = seen["language"].say
    return sandbox.from_string(text).render(seen)


@pytest.mark.parametrize(
    "text",
    [
        "{{ config.access.endpoint.secrets() }}",
        "{{ config.access.endpoint.credentials.key() }}",
        "{{ [config.access] | map(attribute='endpoint') | join }}",
        "{{ config.access | attr('endpoint') }}",
        "{{ config.access['endpoint'] }}",
        "{{ (config.templates / 'key').read_text() }}",
        "{{ (config.templates / 'new').write_text('x') }}",
        "{{ (config.templates / 'key').unlink() }}",
        "{{ values.tofile(config.templates ~ '/new') }}",
        "{{ values.max().tofile(config.templates ~ '/new') }}",
        "{{ values.dump(config.templates ~ '/new') }}",
        "{{ ''.__class__ }}",
    ],
)
def test_neither_keys_nor_files(text: str, seen: dict[str, Any], tmp_path: Path) -> None:
    with pytest.raises(SecurityError, match="is unsafe"):
        rendered(text, seen)
    assert [path.name for path in tmp_path.iterdir()] == ["key"]
    assert (tmp_path / "key").read_text() == "a-secret-key"


@pytest.mark.parametrize(
    "text",
    [
        "{{ _('{c.access.endpoint.credentials.file}', c=config) }}",
        "{{ _('{c.__init__.__globals__[Path]}', c=config) }}",
        "{{ _('{v[0]}', v=values) }}",
        "{{ _('{c:{c.access}}', c=config) }}",
        "{{ language.say('{c.access}', c=config) }}",
        "{{ '{c.__init__}'.format(c=config) }}",
    ],
)
def test_a_text_with_placeholders_is_no_way_around(text: str, seen: dict[str, Any]) -> None:
    with pytest.raises((ValueError, SecurityError)):
        rendered(text, seen)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{{ config.title }}", "Price-performance report"),
        ("{{ config.url }}", "http://localhost:9090"),
        ("{{ values.max() }} {{ values[0] }} {{ values.tolist() }}", "2.0 1.0 [1.0, 2.0]"),
        ("{{ estimate.lower }} {{ estimate.relative_half_width | round(2) }}", "2.0 0.33"),
        (
            "{{ sample.labels.instance }} {{ sample.labels.items() | list }}",
            "a [('instance', 'a')]",
        ),
        ("{% for x in 'a-b'.split('-') %}{{ loop.index }}{{ x }}{% endfor %}", "1a2b"),
    ],
)
def test_data(text: str, expected: str, seen: dict[str, Any]) -> None:
    assert rendered(text, seen) == expected
