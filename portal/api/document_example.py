"""A result document for the OpenAPI: the least that is one; a test hands it in."""

from __future__ import annotations

from typing import Any

DOCUMENT: dict[str, Any] = {
    "schema_version": 3,
    "test_id": "20261130T120000Z-rmw-1",
    "kernel": "rmw",
    "kernel_version": "3",
    "profile": "standard",
    "timestamp_seconds": 1796040000.0,
    "duration_seconds": 184.2,
    "valid": True,
    "invalid_reasons": [],
    "max_units_per_second": 1502.5,
    "single_units_per_second": 912.0,
    "levels": [
        {
            "busy": 100,
            "units_per_second": 1502.5,
            "lower": 1480.0,
            "upper": 1521.0,
            "busy_ratio": 0.998,
            "duration_seconds": 30.0,
            "slices_excluded": 0,
            "slices": [{"start_seconds": 1796039990.0, "duration_seconds": 1.0, "units": 1502.5}],
        }
    ],
    "machine": {
        "name": "web-1",
        "provider": "aws",
        "region": "eu-central-1",
        "instance_type": "m7i.large",
        "architecture": "x86_64",
        "logical_cpus": 2,
        "used_cpus": [0, 1],
    },
    "unit": {
        "name": "rmw",
        "description": "one pass over 524288 64-bit words (4 MiB)",
        "operations": 18874368,
        "bytes": 8388608,
    },
    "build": {"compiler": "gcc 12.2.0", "flags": "-O3", "instruction_set": "baseline"},
    "software": {"perfanalysis": "0.2.0", "python": "CPython 3.11.7", "libc": "glibc 2.36"},
    "settings": {"kernel": "rmw", "levels": [100], "profile": "standard", "seed": 1},
}
