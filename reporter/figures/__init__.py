"""What stands on pages: one file a figure, with its queries, its drawing and its caption."""
