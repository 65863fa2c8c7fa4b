"""One file a collector: ``parse(bytes) -> record``, and the samples made from it."""
