"""Containers seen through their control groups: where they are, whose they are, what they use."""
