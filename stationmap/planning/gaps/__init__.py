"""Gaps: who is not served, as patches, polygons, units and stretches, ranked, each with its reason."""
