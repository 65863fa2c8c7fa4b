"""Facts of the machine that stand beside a measurement, one file a subject; unknown is absent."""
