"""Verify: what was warned against what then fell.

Hits, false alarms, misses, late and under-warnings with their lead times, under the rule that was in force; bulletins.
"""
