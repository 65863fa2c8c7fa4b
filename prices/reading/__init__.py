"""How files of prices are read: JSON and CSV as a stream, amounts as decimals, times in UTC."""
