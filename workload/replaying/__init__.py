"""Replays what was recorded: drives CPU, memory, disk and network so that ticks follow it."""
