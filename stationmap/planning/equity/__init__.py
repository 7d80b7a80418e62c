"""Equity: how unevenly access is spread over people, areas and groups."""
