"""What kernels there are, and what each one's unit of work is."""

from __future__ import annotations

from dataclasses import dataclass

from cffi_burn._burn import ffi, lib


@dataclass(frozen=True)
class Kernel:
    """One kernel, as built on this machine.

    Attributes:
        number: its place in the table of kernels.
        name: as on the command line and in metrics.
        version: changes whenever the compiled work changes; rates of two versions do not compare.
        unit: one unit, in words.
        operations_per_unit: arithmetic operations.
        bytes_per_unit: bytes read and written.
        grains_per_unit: the equal parts that a unit is cut into.
        memory_bytes: of one worker; 0: more than the caches hold, which the caller must decide.
        instruction_sets: those that this CPU can run, widest first; of a library, which chooses for
            itself, the one word ``library``, of the system ``system``.
        library: whose work it is, such as ``openssl``, or ``linux``; empty: its own.
        library_version: of the library that is loaded.
    """

    number: int
    name: str
    version: str
    unit: str
    operations_per_unit: int
    bytes_per_unit: int
    grains_per_unit: int
    memory_bytes: int
    instruction_sets: tuple[str, ...]
    library: str = ""
    library_version: str = ""


def all_kernels() -> dict[str, Kernel]:
    """All kernels of this build by name, in the order of the table."""
    kernels = [_describe(number) for number in range(lib.burn_kernel_count())]
    return {kernel.name: kernel for kernel in kernels}


def _describe(number: int) -> Kernel:
    description = ffi.new("struct burn_description *")
    lib.burn_describe(number, description)
    return Kernel(
        number=number,
        name=_text(description.name),
        version=_text(description.version),
        unit=_text(description.unit),
        operations_per_unit=int(description.operations_per_unit),
        bytes_per_unit=int(description.bytes_per_unit),
        grains_per_unit=int(description.grains_per_unit),
        memory_bytes=int(description.memory_bytes),
        instruction_sets=_instruction_sets(number),
        library=_text(description.library) if description.library != ffi.NULL else "",
        library_version=(
            _text(description.library_version) if description.library_version != ffi.NULL else ""
        ),
    )


def absent_kernels() -> dict[str, str]:
    """Kernels that this build lacks, and what each of them needs: a library and its headers."""
    found: dict[str, str] = {}
    while (name := lib.burn_absent_kernel(len(found))) != ffi.NULL:
        found[_text(name)] = _text(lib.burn_absent_needs(len(found)))
    return found


def _instruction_sets(number: int) -> tuple[str, ...]:
    names: list[str] = []
    while (name := lib.burn_instruction_set(number, len(names))) != ffi.NULL:
        names.append(_text(name))
    return tuple(names)


def compiler() -> str:
    """The compiler that built the kernels, and its version."""
    return _text(lib.burn_compiler())


def compiler_flags() -> str:
    """The flags that the kernels were compiled with; of two that contradict, the last one wins."""
    return _text(lib.burn_flags())


def _text(pointer: object) -> str:
    value = ffi.string(pointer)
    assert isinstance(value, bytes)
    return value.decode()
