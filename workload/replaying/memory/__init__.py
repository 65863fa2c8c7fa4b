"""Anonymous memory and page cache, as a recording asks for them."""
