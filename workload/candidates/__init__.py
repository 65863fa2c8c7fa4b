"""Machines that work could go to: from results of load tests, a list of a person, or an engine."""
