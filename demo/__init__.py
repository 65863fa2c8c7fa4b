"""``make demo``: the whole chain on this machine, from the kernel to the PDF."""
