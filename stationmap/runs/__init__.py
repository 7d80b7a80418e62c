"""Runs: what a planner asks, the inputs gathered from register and files, carried out, and compared with others."""
