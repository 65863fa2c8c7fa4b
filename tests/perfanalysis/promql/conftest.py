"""The Prometheus with made history that the reports' tests have."""

from __future__ import annotations

from tests.reporter.conftest import prometheus

__all__ = ["prometheus"]
