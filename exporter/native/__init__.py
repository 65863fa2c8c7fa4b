"""What a scrape does for each byte of the kernel's text files, in C; nothing else is."""
