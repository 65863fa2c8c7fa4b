"""Grafana: dashboards as code, and the provisioning of a real Grafana."""
