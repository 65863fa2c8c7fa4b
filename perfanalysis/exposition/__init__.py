"""The words in which metrics are spoken of, and the formats in which they are shown: pure."""
