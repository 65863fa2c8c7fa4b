"""What findings about the size of machines ask beside what every report asks."""

from __future__ import annotations

from reporter.asking.query import RangeQuery

# What can only be read is always full, as a mounted image is.
FILE_SYSTEM_USED = RangeQuery(
    "File systems over time",
    "1 - max by (instance, mountpoint) (node_filesystem_avail_bytes{$machines,$filesystems})"
    " / (max by (instance, mountpoint) (node_filesystem_size_bytes{$machines,$filesystems}) > 0)"
    " unless on (instance, mountpoint)"
    " max by (instance, mountpoint) (node_filesystem_readonly{$machines,$filesystems} == 1)",
    "ratio",
    optional=True,
    order=60,
)
