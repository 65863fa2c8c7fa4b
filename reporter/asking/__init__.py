"""The report's queries, and their answers put together by machine."""
