"""What a report is to show, and where that is said."""
