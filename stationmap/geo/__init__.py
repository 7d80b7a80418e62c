"""WHERE: datum, earth, areas."""
