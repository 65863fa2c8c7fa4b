"""Gets documents to where they are to go, and loses none: spool, retry, destinations."""
