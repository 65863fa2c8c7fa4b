"""Pages: data for templates, HTML, PDF."""
