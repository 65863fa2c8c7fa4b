"""NFS mounts, from /proc/self/mountstats (nfsiostat(8)); off by default.

``parsing.py`` understands the file, ``families.py`` says what its columns are.
"""

from exporter.collectors.mountstats.collector import SPECIFICATION

__all__ = ["SPECIFICATION"]
