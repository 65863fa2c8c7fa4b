"""No key, token or password is committed, and one that were would be found."""

from __future__ import annotations

import json
import secrets
import string
import subprocess
from pathlib import Path

import pytest

from portal.access.key_text import new_key
from tests.conftest import REPOSITORY

SETTINGS = REPOSITORY / ".gitleaks.toml"


@pytest.fixture(scope="module")
def gitleaks() -> Path:
    built = sorted((REPOSITORY / ".tools" / "gitleaks").glob("gitleaks-*"))
    if not built:
        pytest.skip("no gitleaks here: scripts/build-gitleaks builds it with Go")
    return built[-1]


def found_in(gitleaks: Path, folder: Path) -> set[tuple[str, str]]:
    """Rule and file of each find."""
    words = ["dir", "--redact", "--no-banner", f"--config={SETTINGS}", "--report-format=json"]
    done = subprocess.run(
        [gitleaks, *words, "--report-path=-", "."],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    finds = json.loads(done.stdout)
    assert done.returncode == (1 if finds else 0), done.stderr
    return {(one["RuleID"], one["File"]) for one in finds}


def made(alphabet: str, count: int) -> str:
    return "".join(secrets.choice(alphabet) for _ in range(count))


def test_a_planted_secret_is_found_whatever_it_is_of(gitleaks: Path, tmp_path: Path) -> None:
    letters = string.ascii_letters + string.digits
    rsa = subprocess.run(["openssl", "genrsa", "2048"], capture_output=True, text=True, check=True)
    planted = {
        "perfanalysis-portal-key": f"the key is {new_key().text}\n",
        "github-pat": f"token = ghp_{made(letters, 36)}\n",
        "aws-access-token": f"id: AKIA{made('ABCDEFGHIJKLMNOPQRSTUVWXYZ234567', 16)}\n",
        "private-key": rsa.stdout,
        "generic-api-key": f'api_key = "{made(letters, 40)}"\n',
    }
    for name, text in planted.items():
        (tmp_path / f"{name}.txt").write_text(text)
    found = found_in(gitleaks, tmp_path)
    assert {rule for rule, file in found if file == f"{rule}.txt"} == set(planted)


def test_what_is_let_through_is_a_text_and_not_a_file(gitleaks: Path, tmp_path: Path) -> None:
    """A real key beside a made-up one, in the same file, is found."""
    page = REPOSITORY / "docs" / "rest.md"
    copy = tmp_path / "docs" / "rest.md"
    copy.parent.mkdir()
    copy.write_text(page.read_text())
    assert found_in(gitleaks, tmp_path) == set()
    copy.write_text(f'{page.read_text()}\n"key": "{new_key().text}"\n')
    assert ("perfanalysis-portal-key", "docs/rest.md") in found_in(gitleaks, tmp_path)


@pytest.mark.usefixtures("gitleaks")
def test_nothing_that_is_committed_is_a_secret() -> None:
    done = subprocess.run(
        [REPOSITORY / "scripts" / "scan-secrets"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, ""), done.stderr


@pytest.mark.long
@pytest.mark.usefixtures("gitleaks")
def test_nothing_that_ever_was_is_one() -> None:
    shallow = subprocess.run(
        ["git", "rev-parse", "--is-shallow-repository"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )
    if shallow.stdout.strip() != "false":
        pytest.skip("no whole history here")
    done = subprocess.run(
        [REPOSITORY / "scripts" / "scan-secrets", "--history"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, ""), done.stderr


def test_a_word_that_it_does_not_know_is_refused() -> None:
    done = subprocess.run(
        [REPOSITORY / "scripts" / "scan-secrets", "--everything"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert "expected --history or nothing, got '--everything'" in done.stderr
