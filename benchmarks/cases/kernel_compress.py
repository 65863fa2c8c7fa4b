"""The kernel compress_zstd7, beside ``zstd -b7`` and libzstd in one call over the same text."""

from __future__ import annotations

import time

from benchmarks import kernel_peers, kernel_rates, plain_c_programs
from benchmarks.case import Case, Figure, Goal, Outcome, PeerMissingError, Settings
from cffi_burn.kernel import all_kernels, compiler_flags
from cffi_burn.made_text import made_text, text_bytes
from perfanalysis import __version__

LEVEL = 7
GRAIN_BYTES = 16_384
ROUNDS = 20
QUICK_ROUNDS = 2
SECONDS = 1
LEAST_RATIO, MOST_RATIO = 0.95, 1.05


def run(settings: Settings) -> Outcome:
    """Compress the text on both sides in turns, on one CPU."""
    if "compress_zstd7" not in all_kernels():
        raise PeerMissingError("zstd's headers (Debian: libzstd-dev) were not there at the build")
    kernel = kernel_rates.find_kernel("compress_zstd7")
    text = made_text(text_bytes(kernel.memory_bytes, GRAIN_BYTES))
    file = settings.folder / "text"
    file.write_bytes(text)
    program = plain_c_programs.build("compress_text", compiler_flags(), settings.folder, "-lzstd")
    ours: list[float] = []
    ours_by_cpu: list[float] = []
    peer: list[float] = []
    library: list[float] = []
    with kernel_rates.pinned() as cpu, kernel_rates.working(kernel, cpu) as worker:
        for _ in range(QUICK_ROUNDS if settings.quick else ROUNDS):
            found = kernel_rates.rate(worker, SECONDS, clock=time.perf_counter)
            ours.append(found * kernel.bytes_per_unit)
            peer.append(kernel_peers.zstd_benchmark(file, LEVEL, SECONDS))
            found = kernel_rates.rate(worker, SECONDS)
            ours_by_cpu.append(found * kernel.bytes_per_unit)
            library.append(plain_c_programs.rate(program, SECONDS, file))
    goal = Goal("0.95 to 1.05", MOST_RATIO, LEAST_RATIO)
    one_call = "libzstd in one call, our flags"
    figures = [
        Figure("bytes a second, one CPU", "B", ours, peer, f"zstd -b{LEVEL}", goal),
        Figure("the same by CPU time", "B", ours_by_cpu, library, one_call, goal),
    ]
    versions = {"perfanalysis": __version__, "zstd": kernel_peers.version("zstd", "--version")}
    facts: dict[str, object] = {"library_version": kernel.library_version, "text_bytes": len(text)}
    notes = [
        "Time on the wall on both sides, as zstd has it; it says that of its quickest pass. Ours "
        "is flushed every 16 KiB.",
        "Debian's zstd is linked with a libzstd of its own: beside the library that programs link, "
        "the command is the slower one.",
    ]
    return Outcome(versions, figures, facts, notes)


CASE = Case(
    name="kernel_compress",
    what="zstd at level 7 over one text, by the kernel, by zstd -b7 and by one call of libzstd, in "
    "turns on one CPU.",
    peer="zstd -b7",
    goal="rate 0.95 to 1.05",
    run=run,
)
