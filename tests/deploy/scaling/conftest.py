"""The fixtures that run Prometheus' own checkers."""

from __future__ import annotations

from tests.prometheus.conftest import newest_promtool, promtool

__all__ = ["newest_promtool", "promtool"]
