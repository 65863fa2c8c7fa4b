"""Warnings of the C compiler end our own builds, and nobody else's."""

from __future__ import annotations

import subprocess
import sys

import pytest

from cffi_burn.build import STRICT

ASKED = (
    "from {module} import ffibuilder; print(ffibuilder._assigned_source[3]['extra_compile_args'])"
)


@pytest.mark.parametrize("module", ["cffi_burn.build", "exporter.native.build"])
def test_warnings_are_errors_only_where_that_is_asked_for(module: str) -> None:
    for environment, strict in (({}, False), ({STRICT: ""}, False), ({STRICT: "1"}, True)):
        done = subprocess.run(
            [sys.executable, "-c", ASKED.format(module=module)],
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
        assert ("'-Werror'" in done.stdout) == strict
        assert "'-Wall'" in done.stdout
