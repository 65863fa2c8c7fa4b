"""The load test on many machines at once, through OpenSSH."""
