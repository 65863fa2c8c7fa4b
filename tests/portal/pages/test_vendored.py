"""Files of others are as their makers published them, with their licences, and named."""

from __future__ import annotations

import hashlib

from portal.pages.static_files import FOLDER
from tests.conftest import REPOSITORY

VENDOR = FOLDER / "vendor"
LINES = [
    line.split()
    for line in (VENDOR / "versions.txt").read_text().splitlines()
    if not line.startswith("#")
]


def test_each_file_is_the_one_that_was_published() -> None:
    found = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in VENDOR.iterdir()
        if path.name != "versions.txt"
    }
    assert found == {kept: digest for _, _, _, kept, digest in LINES}


def test_the_page_of_third_parties_names_each_with_its_version() -> None:
    text = (REPOSITORY / "docs" / "third-party.md").read_text()
    for package, version in {(line[0], line[1]) for line in LINES}:
        assert f"| {package} {version} |" in text
