"""The pictures of docs/tour.md: ten screens of a real run, from the first scrape to the PDF."""
