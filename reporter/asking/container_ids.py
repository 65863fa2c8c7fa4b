"""Which series of ``container_*`` are of containers, and count nothing twice."""

from __future__ import annotations

# The exporter has a pod's containers together too, by the path of the pod's control group, and
# cAdvisor the whole machine, "/". A container's path goes on behind its pod's.
OF_CONTAINERS = 'id!~"/|.*[/-]pod[0-9a-f]{8}[-_]?[0-9a-f]{4}[^/:]*"'
