"""Which machines there are: registered, imported, changed, merged, handed to Prometheus."""
