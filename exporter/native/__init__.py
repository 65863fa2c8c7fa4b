"""C for each byte of the kernel's text files in a scrape, and for calls of the C library."""
