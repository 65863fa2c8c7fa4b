"""Push mode: for machines that cannot be scraped, what a scrape gives goes out by remote write.

``settings.py`` and ``families.py`` are imported always and hold only declarations; everything else
here is imported when ``--push.remote-write-url`` is given, and brings an HTTP client and protobuf.
"""
