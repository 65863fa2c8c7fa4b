from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from benchmarks import kernel_peers
from benchmarks.case import PeerMissingError
from perfanalysis.errors import PerfAnalysisError


def needs(program: str) -> pytest.MarkDecorator:
    missing = shutil.which(program) is None
    return pytest.mark.skipif(missing, reason=f"{program} is not on this machine")


@needs("openssl")
def test_openssl_says_bytes_a_second() -> None:
    # No CPU hashes less than a megabyte a second, or more than a hundred gigabytes.
    for processes in (1, 2):
        assert 1e6 < kernel_peers.openssl_speed("sha256", 1, processes) < 1e11
    with pytest.raises(PerfAnalysisError, match="openssl speed"):
        kernel_peers.openssl_speed("no-such-hash", 1)


@needs("zstd")
def test_zstd_says_bytes_a_second(tmp_path: Path) -> None:
    file = tmp_path / "text"
    file.write_bytes(b"one two three four five " * 4096)
    assert 1e5 < kernel_peers.zstd_benchmark(file, 1, 1) < 1e11
    with pytest.raises(PerfAnalysisError, match="zstd"):
        kernel_peers.zstd_benchmark(tmp_path / "none", 1, 1)


@needs("stress-ng")
def test_stress_ng_says_bogo_operations() -> None:
    assert kernel_peers.stress_ng_div16(1, 1) > 1
    assert kernel_peers.version("stress-ng", "--version")[0].isdigit()


def test_a_program_that_is_not_there_is_named_with_its_package(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(PeerMissingError, match=r"stress-ng is missing \(Debian: stress-ng\)"):
        kernel_peers.stress_ng_div16(1, 1)
