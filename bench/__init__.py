"""What `make bench` runs: every figure a ratio against a named baseline, measured side by side in the same run."""
