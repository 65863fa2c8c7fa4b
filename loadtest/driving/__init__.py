"""Keeps CPUs as busy as asked, and says what came of it."""
