"""The price book: its tables, how prices are written to it, and how one is found."""
