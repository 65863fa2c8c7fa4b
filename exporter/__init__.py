"""The exporter: reads /proc, /sys, cgroups and cloud metadata, and serves /metrics."""
