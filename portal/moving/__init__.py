"""What moves over from the old portal: its dump is read, told, and taken in once."""
