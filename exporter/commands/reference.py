"""``python -m exporter.commands.reference``: prints docs/metrics.md, made from the catalogue."""

from __future__ import annotations

from exporter.page import families as page
from exporter.plugins import families as plugins
from exporter.plugins.shipped.families import BY_PLUGIN
from exporter.pushing import families as pushing
from exporter.registrations import COLLECTORS
from exporter.serving import audit_families as serving
from perfanalysis.exposition.families import Family

_HEAD = """\
# Metrics

Every family that `perfanalysis exporter` can expose, by collector. Made from the catalogue by
`python -m exporter.commands.reference > docs/metrics.md`; do not edit it by hand. `{field}` stands
for a field of the kernel's file. Units are base units.
"""


def _table(families: tuple[Family, ...]) -> list[str]:
    lines = [
        "| family | type | labels | unit | meaning | source |",
        "|---|---|---|---|---|---|",
    ]
    for family in sorted(families, key=lambda family: family.name):
        labels = ", ".join(f"`{label}`" for label in family.labels)
        text = family.help.replace("|", "\\|").replace("<", "&lt;")
        lines.append(
            f"| `{family.name}` | {family.type} | {labels} | {family.unit} | {text} "
            f"| {family.source} |"
        )
    return lines


def reference() -> str:
    """The text of docs/metrics.md."""
    lines = [_HEAD]
    for collector in COLLECTORS:
        default = "on" if collector.enabled else "off"
        if collector.implied_by is not None:
            default += f"; on with `--{collector.implied_by.name}`"
        lines.append(f"## {collector.name}\n\nBy default {default}.\n")
        lines += [*_table(collector.families), ""]
    for name, families in BY_PLUGIN.items():
        lines.append(f"## python:{name}\n\nWith `--collector.python={name}` only.\n")
        lines += [*_table(families), ""]
    lines += ["## Python collectors\n\nWith `--collector.python` only.\n"]
    lines += [*_table(plugins.FAMILIES), ""]
    lines += ["## push\n\nWith `--push.remote-write-url` only.\n", *_table(pushing.FAMILIES), ""]
    lines += ["## The exporter itself\n", *_table((*page.FAMILIES, *serving.FAMILIES))]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    print(reference(), end="")
