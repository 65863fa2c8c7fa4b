"""Draws dashboards without a Grafana: their grids, with real answers, for reviews and docs."""
