"""The load test: drives the kernels, and writes result documents."""
