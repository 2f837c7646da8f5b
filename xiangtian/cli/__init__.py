"""Cli: the command `xiangtian`. It starts the house, runs drills, and answers questions about what a home holds."""
