"""One Python file a dashboard, the JSON that it generates beside it."""
