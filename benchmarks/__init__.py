"""Benchmarks: what the house takes for its work, beside a peer that does the same work in the same run."""
