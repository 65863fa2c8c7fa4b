"""A machine as kinds see it: its kernel figures, and the facts that tell machines apart."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from perfanalysis.kinds import cpu_models

# Machines beyond the largest that was learned from are not said to scale in another way.
MOST_CPUS = 448


class KernelFigure(NamedTuple):
    """A kernel figure that kinds know.

    Attributes:
        name: of the kernel; with ``_single``, of one worker on one CPU.
        column: that has it in a public table; its units may differ from the kernel's by a factor,
            which a ratio between two machines of one source does not show.
        group: kernels that are measured together.
    """

    name: str
    column: str
    group: str

    @property
    def whole(self) -> bool:
        """Whether it is of all CPUs together."""
        return not self.name.endswith("_single")


FIGURES = (
    KernelFigure("divide_single", "integer_1", "divide"),
    KernelFigure("divide", "integer_all", "divide"),
    KernelFigure("crypto_blake2b", "openssl_blake2b512_all", "crypto"),
    KernelFigure("crypto_sha256", "openssl_sha256_all", "crypto"),
    KernelFigure("crypto_aes256cbc", "openssl_AES-256-CBC_all", "crypto"),
    KernelFigure("memread_16k", "bw_mem_rd_0.016384mb", "memread"),
    KernelFigure("memread_1m", "bw_mem_rd_1mb", "memread"),
    KernelFigure("memread_8m", "bw_mem_rd_8mb", "memread"),
    KernelFigure("memread_64m", "bw_mem_rd_64mb", "memread"),
    KernelFigure("compress_zlib5_single", "gzip5_compress_1", "compress"),
    KernelFigure("compress_zstd7_single", "zstd7_compress_1", "compress"),
)
BY_NAME = {figure.name: figure for figure in FIGURES}


@dataclass(frozen=True, slots=True)
class Machine:
    """One machine.

    Attributes:
        name: for people.
        cpus: logical CPUs that its figures are of.
        threads_per_core: 2 where a core shows as two CPUs.
        architecture: ``x86_64`` or ``aarch64``.
        cpu_model: as the system spells it; "" when unknown.
        figures: rates by the names of ``FIGURES``, above 0, of all CPUs together but for those of
            one worker; what was not measured is absent. All machines that are compared must have
            theirs from one source, in one unit.
    """

    name: str
    cpus: int
    threads_per_core: int
    architecture: str
    cpu_model: str
    figures: Mapping[str, float]

    @property
    def model(self) -> str:
        """The CPU model's one name."""
        return cpu_models.normalised(self.cpu_model)

    @property
    def arm(self) -> bool:
        """Whether it is of Arm's architecture."""
        return cpu_models.vendor(self.cpu_model, self.architecture) == "arm"

    def term(self, name: str) -> float:
        """The term of that name: see ``terms``.

        Raises:
            KeyError: a kernel figure that was not measured.
        """
        if figure := BY_NAME.get(name):
            rate = self.figures[name]
            return math.log(rate / self.cpus if figure.whole else rate)
        if name.startswith(_OVER):
            return max(0.0, self._log_cpus() - math.log(int(name.removeprefix(_OVER))))
        if name.startswith(_DESIGN):
            return float(self._design() == name.removeprefix(_DESIGN))
        return float(self._plain(name))

    def _plain(self, name: str) -> float:
        vendor = cpu_models.vendor(self.cpu_model, self.architecture)
        if name == "arm_over_32":
            return self.term("over_32") if vendor == "arm" else 0.0
        return {
            "smt": float(self.threads_per_core > 1),
            "arm": float(vendor == "arm"),
            "amd": float(vendor == "amd"),
            "log_cpus": self._log_cpus(),
            "one_cpu": float(self.cpus == 1),
        }[name]

    def _log_cpus(self) -> float:
        return math.log(min(self.cpus, MOST_CPUS))

    def _design(self) -> str:
        return cpu_models.family(self.cpu_model, self.architecture)


_OVER = "over_"
_DESIGN = "design_"
DESIGNS = (
    "zen1",
    "zen2",
    "zen3",
    "zen4",
    "zen5",
    "ivy-bridge",
    "haswell",
    "broadwell",
    "skylake",
    "ice-lake",
    "sapphire-rapids",
    "granite-rapids",
)
CLASS_TERMS = ("smt", "arm", "amd")
DESIGN_TERMS = tuple(f"{_DESIGN}{design}" for design in DESIGNS)
SIZE_TERMS = (
    "log_cpus",
    "one_cpu",
    "over_8",
    "over_32",
    "over_64",
    "over_128",
    "arm_over_32",
)
