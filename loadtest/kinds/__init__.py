"""``perfanalysis kinds``: hands tables to the kinds of work, and shows their answers."""
