"""The REST API: one group of endpoints a file, which says what comes in and goes out."""
