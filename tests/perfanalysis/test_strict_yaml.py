"""YAML that people write, and what is said of what is no YAML, or more than that."""

from __future__ import annotations

import pytest

from perfanalysis.errors import InputError
from perfanalysis.strict_yaml import MOST_VALUES, load_yaml

# Nine lines that stand for 10^9 values.
BOMB = "a0: &a0 [1,1,1,1,1,1,1,1,1,1]\n" + "".join(
    f"a{i}: &a{i} [{','.join([f'*a{i - 1}'] * 10)}]\n" for i in range(1, 9)
)


def test_what_yaml_is() -> None:
    text = b"a: &x {b: [1, 2.5, yes, null, '1']}\nc: *x\nd:\n  <<: *x\n"
    inner = {"b": [1, 2.5, True, None, "1"]}
    assert load_yaml(text, "f.yaml") == {"a": inner, "c": inner, "d": inner}
    assert load_yaml(b"", "f.yaml") is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: 1\nb: [", "f.yaml: line 2: expected valid YAML (expected the node content"),
        ("a: 1\nb: 2\na: 3", "f.yaml: line 3: expected valid YAML (the key 'a' comes twice)"),
        ("a: {b: 1, b: 2}", "f.yaml: line 1: expected valid YAML (the key 'b' comes twice)"),
        ("a: 1\n? [x]\n: 2", "f.yaml: line 2: expected valid YAML (a key that is no text)"),
        (
            "a: !!python/name:os.system x",
            "f.yaml: line 1: expected valid YAML (could not determine",
        ),
        ("a: 2026-13-45", "f.yaml: expected valid YAML, with dates that a calendar has"),
        ("a: \0", "f.yaml: expected valid YAML in UTF-8"),
        ("[" * 3000, "f.yaml: expected valid YAML, not nested as deep"),
        ("a: &x [*x]", f"f.yaml: expected at most {MOST_VALUES} values"),
        (BOMB, f"f.yaml: expected at most {MOST_VALUES} values"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(text: str, message: str) -> None:
    with pytest.raises(InputError) as caught:
        load_yaml(text, "f.yaml")
    assert str(caught.value).startswith(message)


def test_no_value_is_shown() -> None:
    with pytest.raises(InputError) as caught:
        load_yaml("password: hunter2: x", "f.yaml")
    assert "hunter2" not in str(caught.value)
