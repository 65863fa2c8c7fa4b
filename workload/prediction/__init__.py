"""What recorded work would be on another machine. Pure: nothing here reads or asks."""
