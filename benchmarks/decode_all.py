"""The latest of a folder of results as it was found once: by decoding and checking every one.

``python -m benchmarks.decode_all FOLDER`` prints the run's id. Each file is decoded by Python's
json, and held against ``result.schema.json`` by jsonschema.
"""

from __future__ import annotations

import json
import sys
from importlib import resources
from pathlib import Path
from typing import Any

import jsonschema


def latest(folder: Path) -> str:
    """The id of the run that ended last."""
    schema = resources.files("perfanalysis.results").joinpath("result.schema.json").read_text()
    validator = jsonschema.Draft202012Validator(json.loads(schema))
    found: list[dict[str, Any]] = []
    for path in sorted(folder.glob("*.json")):
        document = json.loads(path.read_bytes())
        if validator.is_valid(document):
            found.append(document)
    newest: str = max(found, key=lambda document: document["timestamp_seconds"])["test_id"]
    return newest


if __name__ == "__main__":
    print(latest(Path(sys.argv[1])))
