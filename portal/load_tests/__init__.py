"""Load tests: taken in, listed, compared, noted upon, pinned as baselines."""
