"""OpenTofu, and what it is asked to do."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import REPOSITORY

MODULES = REPOSITORY / "deploy" / "terraform"
PROVIDERS = ("aws", "azure", "google", "oracle")
SHA256 = "0" * 64


def program() -> Path | None:
    """OpenTofu, if scripts/build-tofu has built it."""
    found = sorted((REPOSITORY / ".tools" / "tofu").glob("tofu-*"))
    return found[-1] if found else None


needs_tofu = pytest.mark.skipif(
    program() is None, reason="OpenTofu is not built: scripts/build-tofu brings it"
)


class Tofu:
    """OpenTofu in a folder, with its data and state in another one."""

    def __init__(self, folder: Path, data: Path) -> None:
        self.folder = folder
        self.data = data
        data.mkdir(parents=True, exist_ok=True)
        # None of a person's own settings; and no plug-ins are fetched.
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(data),
            "TF_CLI_CONFIG_FILE": os.devnull,
            "TF_DATA_DIR": str(data / "terraform"),
            "TF_IN_AUTOMATION": "1",
        }

    def command(self, *words: str) -> list[str]:
        return [str(program()), f"-chdir={self.folder}", *words]

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run it; whoever asks looks at the status."""
        return subprocess.run(
            self.command(*words),
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=600,
        )

    def must(self, *words: str) -> str:
        """Run what has to work, and return what it printed."""
        done = self.run(*words)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    @property
    def state(self) -> Path:
        return self.data / "terraform.tfstate"

    def with_variables(self, variables: Mapping[str, Any]) -> tuple[str, ...]:
        """The flags of plan, apply and destroy."""
        path = self.data / "variables.tfvars.json"
        path.write_text(json.dumps(variables))
        return (f"-var-file={path}", f"-state={self.state}", "-input=false", "-no-color")


def cost_document(machines: list[dict[str, Any]], **changed: Any) -> dict[str, Any]:
    """As ``perfanalysis cloud cost --json`` prints it."""
    rows = [
        {
            "instance_type": one["instance_type"],
            "region": one.get("region", "here"),
            "purchase": one.get("purchase", "on_demand"),
            "count": one["count"],
            "price_per_hour": "0.25",
            "currency": "USD",
        }
        for one in machines
    ]
    return {
        "provider": "fake",
        "hours": "2",
        "asked_at": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "total": "1.5",
        "currency": "USD",
        "machines": rows,
    } | changed
