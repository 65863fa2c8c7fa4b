"""``result.schema.json``, which other programs use, and the types, which ours do, say the same."""

from __future__ import annotations

import copy
import json
from importlib import resources
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from perfanalysis.errors import InputError
from perfanalysis.results import reading, rules
from perfanalysis.results.document import Document
from perfanalysis.type_faults import LARGEST

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures/results"
SCHEMA: dict[str, Any] = json.loads(
    resources.files("perfanalysis.results").joinpath("result.schema.json").read_text()
)
VALIDATOR = Draft202012Validator(SCHEMA)
TYPES: dict[str, Any] = msgspec.json.schema(Document)
# What one object's types say: by the place of the object.
Said = dict[str, Any]
WORDS = ("type", "minimum", "exclusiveMinimum", "maximum", "minLength", "pattern", "minItems")


def resolved(part: dict[str, Any], root: dict[str, Any]) -> dict[str, Any]:
    """A part of a schema without references, alternatives of null, and defaults."""
    while "$ref" in part:
        target: Any = root
        for step in part["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        part = {**target, **{key: value for key, value in part.items() if key != "$ref"}}
    if "anyOf" in part:
        kept = [one for one in part["anyOf"] if one != {"type": "null"}]
        if len(kept) == 1:
            return resolved(kept[0], root)
        # Slices: a list or a block.
        return {"choices": [resolved(one, root) for one in kept]}
    if "then" in part and "$ref" in part["then"]:
        return {"choices": [resolved(part["then"], root), resolved(part["else"], root)]}
    return part


def flattened(part: dict[str, Any], root: dict[str, Any], place: str = "") -> dict[str, Said]:
    """Each place of a schema, and what it says of the value there."""
    part = resolved(part, root)
    if "choices" in part:
        return {
            key: said
            for one in part["choices"]
            for key, said in flattened(one, root, place + "|" + one["type"]).items()
        }
    said = {word: part[word] for word in WORDS if word in part}
    for name in ("exclusiveMaximum", "exclusiveMinimum"):
        if abs(part.get(name, LARGEST)) < LARGEST:
            said[name] = part[name]
        else:
            said.pop(name, None)
    if "enum" in part:
        said |= {"type": "integer", "minimum": min(part["enum"]), "maximum": max(part["enum"])}
    if "const" in part:
        said |= {"type": "string"}
    found = {place: said}
    if isinstance(part.get("additionalProperties"), dict):
        found |= flattened(part["additionalProperties"], root, f"{place}.*")
    elif "properties" in part:
        said["closed"] = part.get("additionalProperties") is False
        said["required"] = sorted(part.get("required", ()))
    for name, entry in part.get("properties", {}).items():
        found |= flattened(entry, root, f"{place}.{name}")
    if "items" in part:
        found |= flattened(part["items"], root, f"{place}[]")
    return found


def of_types() -> dict[str, Said]:
    found = flattened(TYPES, TYPES)
    # A verdict may be null.
    found[".thresholds[].passed"] = {"type": ["boolean", "null"]}
    # Facts that are not known are among the others.
    del found[".machine.others"]
    # What is in these objects is a rule.
    for name, types in (("numa_nodes", rules.NODE), ("caches", rules.CACHE)):
        words = {int: "integer", str: "string"}
        needed = ["node"] if name == "numa_nodes" else []
        found[f".machine.{name}[]"] = {"type": "object", "closed": False, "required": needed}
        found |= {f".machine.{name}[].{key}": {"type": words[t]} for key, t in types.items()}
    # Old versions are converted before.
    found[".schema_version"]["minimum"] = 1
    found[""]["required"] = sorted([*found[""]["required"], "schema_version"])
    return found


def test_every_place_of_the_schema_is_typed_as_it_says() -> None:
    ours, theirs = of_types(), flattened(SCHEMA, SCHEMA)
    assert sorted(ours) == sorted(theirs)
    assert {
        place: (ours[place], theirs[place]) for place in ours if ours[place] != theirs[place]
    } == {}


def test_what_only_an_imported_curve_may_lack() -> None:
    needed = SCHEMA["else"]
    assert needed["required"] == list(rules.OF_RUN)
    assert needed["properties"]["machine"]["required"] == list(rules.OF_MACHINE)
    measured = SCHEMA["$defs"]["measured"]
    found = needed["properties"]
    for place in (found["levels"]["items"], found["ladder"]["items"], found["single"]):
        assert place == {"$ref": "#/$defs/measured"}
    assert measured["required"] == list(rules.OF_LEVEL)
    assert measured["else"]["required"] == list(rules.OF_INTERVAL)
    steady = SCHEMA["properties"]["until_steady"]["then"]["required"]
    assert sorted(steady) == sorted(rules.OF_STEADY)


def fixture(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((FIXTURES / f"{name}.json").read_bytes())
    return found


NAMES = ("version-1", "version-2", "version-2-block", "version-2-imported", "version-3")


@pytest.mark.parametrize("name", NAMES)
def test_what_programs_wrote_follows_the_schema(name: str) -> None:
    assert list(VALIDATOR.iter_errors(fixture(name))) == []


VALUES = st.sampled_from(
    [
        None,
        True,
        -1,
        0,
        1,
        2,
        100,
        0.5,
        -0.5,
        1.5,
        1e11,
        "",
        "a",
        "R-",
        [],
        [1],
        ["a"],
        {},
        {"a": 1},
    ]
)


@st.composite
def spoiled(draw: st.DrawFn) -> dict[str, Any]:
    """A document in which one value is another, or is gone."""
    made = copy.deepcopy(draw(st.sampled_from([fixture(name) for name in NAMES])))
    parent: Any = made
    for _ in range(draw(st.integers(0, 3))):
        entries = list(parent.values()) if isinstance(parent, dict) else parent
        inner = [entry for entry in entries if isinstance(entry, dict | list) and entry]
        if not inner:
            break
        parent = draw(st.sampled_from(inner))
    if isinstance(parent, list):
        parent[draw(st.integers(0, len(parent) - 1))] = draw(VALUES)
    else:
        key = draw(st.sampled_from([*parent, "surprise"]))
        if draw(st.booleans()):
            parent[key] = draw(VALUES)
        else:
            parent.pop(key, None)
    return made


@given(spoiled())
def test_what_our_reader_takes_follows_the_schema(made: dict[str, Any]) -> None:
    try:
        reading.from_json(made, "here")
    except InputError:
        return
    assert list(VALIDATOR.iter_errors(made)) == []
