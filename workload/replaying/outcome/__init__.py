"""What came of a replay: shown while it goes on, judged at its end."""
