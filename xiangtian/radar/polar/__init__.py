"""Base data: one file a format, one polar model for all."""
