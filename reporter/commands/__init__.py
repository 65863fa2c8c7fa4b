"""The sub-commands of `perfanalysis report`."""
