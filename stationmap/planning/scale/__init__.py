"""Runs beyond one machine: tiles with a halo of the reach, reduced exactly, here or on a Dask cluster."""
