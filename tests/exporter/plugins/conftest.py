"""The fixtures of the plug-ins' tests."""

from tests.exporter.plugins.written import written

__all__ = ["written"]
