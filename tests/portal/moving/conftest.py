"""The command, on a database of each kind; no answer has a secret of the dump in it."""

from __future__ import annotations

from typing import Any

import pytest

from perfanalysis.cli import run
from tests.portal.conftest import Database
from tests.portal.moving.dumps import HASH, OLD_KEY


@pytest.fixture
def said(database: Database, capsys: pytest.CaptureFixture[str]) -> Any:
    def ask(*words: str, status: int = 0) -> str:
        capsys.readouterr()
        found = run(["portal", "import-old", *words, "--database", database.url])
        captured = capsys.readouterr()
        assert found == status, captured.err
        for secret in (HASH, "hash-of-a-password", OLD_KEY):
            assert secret not in captured.out + captured.err
        return captured.out + captured.err

    return ask
