"""The walking network: a graph from an OSM extract, snapping to its edges, ways along it."""
