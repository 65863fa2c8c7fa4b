"""One file a chart: a pure function from records to an SVG."""
