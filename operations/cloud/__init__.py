"""Machines that are made for a comparison: what they cost before there are any."""
