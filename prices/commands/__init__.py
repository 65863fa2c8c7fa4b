"""``perfanalysis prices``: a file a command."""
