"""Sub-commands of ``perfanalysis workload``, one file each."""
