"""OpenStreetMap extracts: their places, and their streets."""
