"""Whether a file is a cloud-config: by cloud-init's schema, and by its keys (that takes any)."""

from __future__ import annotations

import json
from typing import Any

import jsonschema

from perfanalysis.fast_yaml import load_fast
from tests.conftest import REPOSITORY

SCHEMA = REPOSITORY.joinpath(
    ".tools/cloud-init/usr/lib/python3/dist-packages/cloudinit/config/schemas/schema-cloud-config-v1.json"
)


def check_cloud_config(text: str) -> dict[str, Any]:
    """The text, parsed.

    Raises:
        AssertionError: A key at the top is none of cloud-init's: it would do nothing, and the check
            of cloud-init 22.4 calls such a file valid.
        jsonschema.ValidationError: The schema refuses it.
    """
    assert text.startswith("#cloud-config\n")
    config: dict[str, Any] = load_fast(text)
    schema = json.loads(SCHEMA.read_text())
    modules = [schema["$defs"][part["$ref"].removeprefix("#/$defs/")] for part in schema["allOf"]]
    known = {key for module in modules for key in module.get("properties", {})}
    assert set(config) <= known, f"cloud-init knows no {sorted(set(config) - known)}"
    jsonschema.validators.validator_for(schema)(schema).validate(config)
    return config
