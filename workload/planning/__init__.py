"""Packs the work of many machines onto the cheapest set of others. Pure but for the solver."""
