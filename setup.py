"""Builds the C code; everything else stands in pyproject.toml, which has no word for this."""

from setuptools import setup

setup(
    cffi_modules=["cffi_burn/build.py:ffibuilder", "exporter/native/build.py:ffibuilder"],
    # cffi builds for Python's stable interface: one wheel serves 3.11 and all that come after.
    options={"bdist_wheel": {"py_limited_api": "cp311"}},
)
