"""Pure analysis: arrays and records in, records out; no queries, no drawing."""
