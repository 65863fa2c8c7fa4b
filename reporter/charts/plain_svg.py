"""The same picture in fewer and plainer elements: printers read each of them, and its styles.

matplotlib writes groups that group nothing, marks of axes as references to a definition, and styles
as CSS. A printer's work grows with all three. What is seen stays as it is. Pure.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Mapping

SVG = "http://www.w3.org/2000/svg"
LINK = "{http://www.w3.org/1999/xlink}href"
# Said by a style sheet of one rule for all; as attributes of the root they are inherited.
USUAL = {"stroke-linejoin": "round", "stroke-linecap": "butt"}
# Definitions that are referred to by colours and clips, which have no plainer form.
KEPT = frozenset({"clipPath", "pattern"})
_LEFT_OUT = frozenset({"metadata", "style"})
# What matplotlib calls the group of an axis.
AXIS = "matplotlib.axis_"
# A hundredth of a point is a three-hundredth of a millimetre.
_LONG = re.compile(r"(\.\d\d)\d+")
_STRAIGHT = re.compile(r"[ML\d\s.z-]+")
_POINT = re.compile(r"(-?[\d.]+) (-?[\d.]+)")
# Written as they are: prefixes that are registered hold for a whole process, whoever does it.
NAMES = {"xmlns": SVG, "xmlns:xlink": "http://www.w3.org/1999/xlink"}


def plain(content: bytes) -> bytes:
    """A picture as matplotlib writes it, made plain.

    Args:
        content: SVG without texts that a reader would miss: titles and comments go.
    """
    root = ET.fromstring(content)  # noqa: S314 - our own
    named = {one.get("id", ""): one for one in root.iter()}
    found = _element(root.tag, {**NAMES, **_own(root), **USUAL}, [])
    for child in root:
        found.extend(_plain(child, named))
    for one in found.iter():
        if path := one.get("d"):
            one.set("d", _LONG.sub(r"\1", path).strip())
    return ET.tostring(found, encoding="unicode").encode()


def _plain(element: ET.Element, named: Mapping[str, ET.Element]) -> Iterator[ET.Element]:
    tag = element.tag.rpartition("}")[2]
    if tag in _LEFT_OUT:
        return
    children = [made for child in element for made in _plain(child, named)]
    if tag == "defs":
        children = [one for one in children if one.tag.rpartition("}")[2] in KEPT]
        if children:
            yield _element(element.tag, {}, children)
    elif tag == "use":
        yield _copy(element, named[element.get(LINK, "").removeprefix("#")])
    elif tag == "g" and not (attributes := _own(element)):
        yield from _joined(children) if element.get("id", "").startswith(AXIS) else children
    else:
        attributes = _own(element)
        if tag in KEPT:
            attributes["id"] = element.get("id", "")
        made = _element(element.tag, attributes, children)
        made.text = element.text if tag == "text" else None
        yield made


def _copy(use: ET.Element, original: ET.Element) -> ET.Element:
    """What a reference shows, in its place; the original's own style counts more."""
    attributes = {**_own(use), **_own(original)}
    x, y = float(attributes.pop("x", "0")), float(attributes.pop("y", "0"))
    attributes.pop("xlink:href", None)
    if _STRAIGHT.fullmatch(attributes["d"]):
        moved = _POINT.sub(lambda at: f"{float(at[1]) + x:f} {float(at[2]) + y:f}", attributes["d"])
        return _element(original.tag, {**attributes, "d": moved}, [])
    return _element(original.tag, {**attributes, "transform": f"translate({x:f} {y:f})"}, [])


def _joined(children: list[ET.Element]) -> Iterator[ET.Element]:
    """Lines and marks of an axis: those that look alike as one path, where the first of them is."""
    found: dict[tuple[tuple[str, str], ...], ET.Element] = {}
    for child in children:
        if child.tag == "path":
            look = tuple(sorted((name, value) for name, value in child.items() if name != "d"))
            first = found.setdefault(look, child)
            if first is not child:
                first.set("d", f"{first.get('d', '').strip()} {child.get('d', '')}")
                continue
        yield child


def _element(tag: str, attributes: Mapping[str, str], children: list[ET.Element]) -> ET.Element:
    made = ET.Element(tag.rpartition("}")[2], dict(attributes))
    made.extend(children)
    return made


def _own(element: ET.Element) -> dict[str, str]:
    """An element's attributes, its styles among them; names that nothing refers to are left out."""
    found = {name: value for name, value in element.attrib.items() if name not in {"id", "style"}}
    for one in element.get("style", "").split(";"):
        name, _, value = one.partition(":")
        if name.strip():
            found[name.strip()] = value.strip()
    if LINK in found:
        found["xlink:href"] = found.pop(LINK)
    if found.get("transform", "").startswith("rotate(-0 "):
        del found["transform"]
    return found
