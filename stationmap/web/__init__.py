"""The Flask map app and its API."""
