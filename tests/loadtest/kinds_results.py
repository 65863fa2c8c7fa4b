"""Results of the kernels that tell kinds of work, of machines with figures of a likely size."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from perfanalysis.results.document import Document, Unit
from tests.loadtest.documents import result, write
from tests.perfanalysis.kinds.machines import MODELS, TYPICAL

MEBIBYTE = 1 << 20
BYTES = {"crypto": MEBIBYTE, "memread": 128 * MEBIBYTE}
# What the typical figures are of a unit.
_PUBLIC = {"crypto": 1.0, "memread": 1e6, "divide": 1 / 0.16}


def of_machine(
    name: str,
    *,
    model: int = 0,
    cpus: int = 2,
    speeds: Mapping[str, float] | None = None,
    kernels: tuple[str, ...] = (),
    **changes: Any,
) -> list[Document]:
    """A result of each kernel.

    Args:
        name: of the machine; test ids begin so.
        model: of its CPUs, a place in ``MODELS``.
        cpus: how many.
        speeds: by kernel, or the group it is named after: times the typical.
        kernels: only these.
        changes: fields of the documents.
    """
    facts, made = _facts(name, model, cpus), []
    for kernel in kernels or tuple(k for k in TYPICAL if k != "divide_single"):
        group = kernel.split("_", maxsplit=1)[0]
        speed = (speeds or {}).get(kernel, (speeds or {}).get(group, 1.0))
        size = BYTES.get(group)
        rate = TYPICAL[kernel] * _PUBLIC.get(group, 1.0) / (size or 1) * speed
        base = result(f"{name}-{kernel}", [rate * cpus] * 20, machine=facts, **changes)
        made.append(
            msgspec.structs.replace(
                base,
                kernel=kernel,
                profile="kinds",
                single_units_per_second=rate * 2,
                unit=Unit(name=kernel, description=kernel, bytes=size),
            )
        )
    return made


def _facts(name: str, model: int, cpus: int) -> dict[str, Any]:
    architecture, cpu_model = MODELS[model]
    return {
        "name": name,
        "architecture": architecture,
        "cpu_model": cpu_model,
        "logical_cpus": cpus,
        "used_cpus": list(range(cpus)),
        "threads_per_core": 1 if model == 3 else 2,
    }


def folder(path: Path, documents: list[Document]) -> str:
    """The documents as files of a folder."""
    path.mkdir(parents=True, exist_ok=True)
    for document in documents:
        write(path / f"{document.test_id}.json", document)
    return str(path)
