"""The cffi build of the C kernels; setuptools runs it by ``cffi_modules`` in setup.py."""

from __future__ import annotations

from cffi import FFI

ffibuilder = FFI()
ffibuilder.cdef("int burn_abi_version(void);")
ffibuilder.set_source(
    "cffi_burn._burn",
    "static int burn_abi_version(void) { return 1; }",
    extra_compile_args=["-O2", "-Wall", "-Wextra", "-Werror"],
)
