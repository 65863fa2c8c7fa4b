"""Builds the C code; everything else stands in pyproject.toml, which has no word for this."""

from setuptools import setup

setup(
    cffi_modules=["cffi_burn/build.py:ffibuilder", "exporter/native/build.py:ffibuilder"],
)
