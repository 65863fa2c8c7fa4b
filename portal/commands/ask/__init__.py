"""`perfanalysis portal ask`: questions to a portal elsewhere, over its API; one file a subject."""
