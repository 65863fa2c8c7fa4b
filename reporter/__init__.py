"""The reporter: PromQL over HTTP, analysis, charts, and the price-performance PDF."""
