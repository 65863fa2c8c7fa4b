"""The load test: drives the kernels, and writes result documents."""

import os

# numpy's library would start a thread for each CPU when it is loaded: none is to be beside the
# workers.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
