"""The sub-commands of `perfanalysis portal`, one file each."""
