"""Floating catchments and gravity: what supply is left for each when all around share it."""
