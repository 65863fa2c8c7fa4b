"""The kernels of OpenSSL's work, beside ``openssl speed``."""

from __future__ import annotations

import os

from benchmarks import kernel_peers, kernel_rates
from benchmarks.case import Case, Figure, Goal, Outcome, PeerMissingError, Settings
from cffi_burn.kernel import Kernel, all_kernels
from perfanalysis import __version__

ALGORITHMS = {
    "crypto_sha256": "sha256",
    "crypto_aes256cbc": "aes-256-cbc",
    "crypto_blake2b": "blake2b512",
}
ROUNDS = 15
QUICK_ROUNDS = 1
SECONDS = 1
LEAST_RATIO, MOST_RATIO = 0.95, 1.05


def run(settings: Settings) -> Outcome:
    """Run each algorithm on both sides in turns, on one CPU, then on all."""
    kernels = all_kernels()
    if not set(kernels) >= set(ALGORITHMS):
        raise PeerMissingError("OpenSSL's headers (Debian: libssl-dev) were not there at the build")
    figures = [
        figure(kernels[name], algorithm, cpus, settings)
        for cpus in ([max(os.sched_getaffinity(0))], sorted(os.sched_getaffinity(0)))
        for name, algorithm in ALGORITHMS.items()
    ]
    versions = {"perfanalysis": __version__, "openssl": kernel_peers.version("openssl", "version")}
    facts: dict[str, object] = {"library_version": kernels["crypto_sha256"].library_version}
    notes = [
        "On one CPU both count CPU time; on all (openssl speed -multi) the time on the wall, so "
        "that any other load costs both."
    ]
    return Outcome(versions, figures, facts, notes)


def figure(kernel: Kernel, algorithm: str, cpus: list[int], settings: Settings) -> Figure:
    """Both sides in turns."""
    settings.say(f"{kernel.name} on {len(cpus)} CPUs")
    ours: list[float] = []
    peer: list[float] = []
    with kernel_rates.pinned_to(cpus):
        for _ in range(QUICK_ROUNDS if settings.quick else ROUNDS):
            ours.append(kernel_rates.rate_of_all(kernel, cpus, SECONDS) * kernel.bytes_per_unit)
            peer.append(kernel_peers.openssl_speed(algorithm, SECONDS, len(cpus)))
    goal = Goal("0.95 to 1.05", MOST_RATIO, LEAST_RATIO)
    where = "one CPU" if len(cpus) == 1 else f"{len(cpus)} CPUs"
    against = f"openssl speed -evp {algorithm}"
    return Figure(f"bytes a second of {kernel.name}, {where}", "B", ours, peer, against, goal)


CASE = Case(
    name="kernel_crypto",
    what="SHA-256, AES-256-CBC and BLAKE2b at 16 KiB by the kernels and by openssl speed "
    "-evp, in turns.",
    peer="openssl speed",
    goal="rate 0.95 to 1.05",
    run=run,
)
