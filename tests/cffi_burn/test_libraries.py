"""Kernels that need a library: what a build does where it is not there, and what it says."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from cffi_burn.build import HERE, LIBRARIES, choose, installed, kernel_files, kernel_table
from cffi_burn.kernel import absent_kernels, all_kernels
from cffi_burn.worker import Worker

CRYPTO = ("crypto_sha256", "crypto_aes256cbc", "crypto_blake2b")
OPENSSL = LIBRARIES[0]
# A compiler on a machine that has no headers of libraries.
BARE = """#!/bin/sh
for word; do
    case $word in
    -l*) exit 1 ;;
    esac
done
exec cc "$@"
"""


@pytest.mark.parametrize(
    ("header", "kernels"),
    [
        ("openssl/evp.h", set(CRYPTO)),
        ("zlib.h", {"compress_zlib5"}),
        ("zstd.h", {"compress_zstd7"}),
    ],
)
def test_each_library_costs_its_own_kernels_only(header: str, kernels: set[str]) -> None:
    assert set(choose(lambda library: library.header != header).absent) == kernels


def test_without_a_library_its_kernels_are_left_out_and_named() -> None:
    choice = choose(lambda library: library is not OPENSSL)
    assert not set(CRYPTO) & set(choice.names)
    assert {name: choice.absent[name] for name in CRYPTO} == dict.fromkeys(
        CRYPTO, "OpenSSL 3 with its headers (Debian: libssl-dev)"
    )
    assert "crypto" not in choice.links
    assert all(path.stem != "crypto" for path in choice.files)
    table = kernel_table(choice)
    assert "&burn_crypto_sha256" not in table
    assert '{"crypto_sha256", "OpenSSL 3 with its headers' in table


def test_with_all_libraries_there_are_all_kernels() -> None:
    choice = choose(lambda _: True)
    assert choice.names == list(kernel_files())
    assert not choice.absent
    assert "crypto" in choice.links


def test_this_build_has_what_it_does_not_lack() -> None:
    assert set(all_kernels()) | set(absent_kernels()) == set(kernel_files())
    assert not set(all_kernels()) & set(absent_kernels())


def test_a_compiler_that_is_not_there_finds_no_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CC", "/nonexistent/cc")
    assert not installed(OPENSSL)


@pytest.mark.parametrize("name", [name for name in all_kernels() if all_kernels()[name].library])
def test_a_librarys_kernel_says_which_version_it_ran(name: str) -> None:
    kernel = all_kernels()[name]
    assert kernel.library in {"openssl", "zstd", "zlib", "linux"}
    assert kernel.library_version[0].isdigit()
    # Many workers may come and go.
    for _ in range(5):
        worker = Worker(kernel)
        worker.run(1)
        worker.close()


def test_a_bare_environment_builds_without_them_and_says_so(tmp_path: Path) -> None:
    without = shutil.ignore_patterns("_burn*", "__pycache__")
    shutil.copytree(HERE, tmp_path / "cffi_burn", ignore=without)
    compiler = tmp_path / "bare-cc"
    compiler.write_text(BARE)
    compiler.chmod(0o755)
    environment = os.environ | {
        "CC": str(compiler),
        "PYTHONPATH": f"{tmp_path}:{HERE.parent}",
        "PYTHONSAFEPATH": "1",
    }
    build = "from cffi_burn.build import ffibuilder; ffibuilder.compile(tmpdir='.')"
    ask = ["-m", "perfanalysis", "loadtest", "run", "--kernel", "crypto_sha256"]
    for words, status in ((["-c", build], 0), (ask, 2)):
        done = subprocess.run(
            [sys.executable, *words],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == status, done.stdout + done.stderr
        if words is not ask:
            assert "cffi_burn: without the kernel crypto_sha256: it needs OpenSSL 3" in done.stderr
    assert done.stderr == (
        "perfanalysis: --kernel: expected a kernel of this build, which was made without "
        "crypto_sha256: it needs OpenSSL 3 with its headers (Debian: libssl-dev), then install "
        "perfanalysis once more, found 'crypto_sha256'\n"
    )
