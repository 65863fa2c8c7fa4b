"""PDFs, each made by a process of its own that is ended when it takes too long."""
