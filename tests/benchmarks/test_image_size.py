"""Sizes of images: what layers take, and what is added to a base."""

from __future__ import annotations

import gzip
import hashlib
import json
from pathlib import Path

from benchmarks.image_size import layers_of, main, table


def an_image(folder: Path, *layers: bytes) -> Path:
    """An OCI layout with gzipped layers."""
    blobs = folder / "blobs" / "sha256"
    blobs.mkdir(parents=True)

    def put(content: bytes) -> str:
        name = hashlib.sha256(content).hexdigest()
        (blobs / name).write_bytes(content)
        return f"sha256:{name}"

    said = [{"digest": put(gzip.compress(layer, mtime=0))} for layer in layers]
    manifest = put(json.dumps({"layers": said}).encode())
    (folder / "index.json").write_text(json.dumps({"manifests": [{"digest": manifest}]}))
    return folder


def test_layers_are_told_plain_and_packed(tmp_path: Path) -> None:
    base, program = b"a" * 2_000_000, b"b" * 1_000_000
    below = layers_of(an_image(tmp_path / "base", base))
    whole = layers_of(an_image(tmp_path / "whole", base, program))
    assert [layer.plain for layer in whole] == [2_000_000, 1_000_000]
    assert all(layer.packed < layer.plain / 100 for layer in whole)
    assert [line.split(" MB")[0] for line in table("ours", whole, below)] == [
        f"{'ours':<28}      3.0",
        f"{'  of it the base':<28}      2.0",
        f"{'  of it added':<28}      1.0",
    ]


def test_an_unknown_target_is_refused() -> None:
    assert main(["exporters"]) == 2
