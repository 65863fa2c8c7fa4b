"""Files of /proc and /sys, and what is made of their bytes."""
