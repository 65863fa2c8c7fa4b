"""Memory in bytes with which kernels that fill a multiple of the cache soon start anew."""

from __future__ import annotations

# membw: five grains a pass; memlat: 1,024 lines.
SMALL_MEMORY = {"membw": 5 * 3 * 4096 * 8 + 2 * 1088, "memlat": 65_536}
