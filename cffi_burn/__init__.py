"""The C kernels and their cffi build: run this much work, tell me what it took."""
