"""What scrapes miss: /proc/stat and pressure, read several times a second in a thread of its own.

``readings.py`` turns two readings into ratios; ``tallies.py`` keeps histograms and maxima of them;
``sampler.py`` is the thread; ``layout.py`` writes histograms on the page.
"""

from exporter.collectors.sampler.collector import SPECIFICATION

__all__ = ["SPECIFICATION"]
