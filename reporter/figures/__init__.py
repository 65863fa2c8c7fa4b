"""What stands on pages: charts with their captions, and the data behind them."""
