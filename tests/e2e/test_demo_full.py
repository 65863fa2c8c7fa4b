"""`make demo FULL=1` for real: a price book, a portal, a prediction, a telephone's page."""

from __future__ import annotations

import re
import shutil
import stat
import struct
import subprocess
import sys
from pathlib import Path

import pytest

from demo.full import PICTURE
from demo.phone import PROGRAMS, SCALE, WIDTH
from tests.conftest import REPOSITORY
from tests.e2e.demonstration import left_running

pytestmark = [pytest.mark.e2e, pytest.mark.long]


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    output = tmp_path_factory.mktemp("full")
    words = [sys.executable, "-m", "demo", "--full", "--output", str(output)]
    ended = subprocess.run(
        words, cwd=REPOSITORY, capture_output=True, text=True, timeout=600, check=False
    )
    text = ended.stdout + ended.stderr
    assert ended.returncode == 0, text
    return output, text


def test_prices_come_from_the_book_and_both_results_are_taken(shown: tuple[Path, str]) -> None:
    text = shown[1]
    assert "4 prices imported" in text
    assert re.findall(r"an hour +([0-9.]+) USD", text) == ["0.026", "0.049"]
    assert len(re.findall(r"delivered to http://\S+/api/v1/tests: 1 result", text)) == 2


def test_the_other_machine_is_predicted_or_it_is_said_why_not(shown: tuple[Path, str]) -> None:
    text = shown[1]
    assert re.search(r"recording\.om\.gz: \d+ ticks", text)
    if "│ disturbed │" in text:
        assert "no prediction: a load test was not valid" in text
    else:
        assert re.search(r"demo local one-cpu", text)


def test_the_picture_is_as_wide_as_a_telephone(shown: tuple[Path, str]) -> None:
    if not any(shutil.which(name) for name in PROGRAMS):
        pytest.skip("there is no Chromium, which takes the picture")
    head = (shown[0] / PICTURE).read_bytes()[:24]
    assert head[:8] == b"\x89PNG\r\n\x1a\n"
    assert struct.unpack(">I", head[16:20])[0] == WIDTH * SCALE


def test_nothing_is_left_and_the_key_is_for_nobody_else(shown: tuple[Path, str]) -> None:
    output, text = shown
    assert left_running(output) == []
    key = output / "demo" / "portal-key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert key.read_text().strip() not in text
