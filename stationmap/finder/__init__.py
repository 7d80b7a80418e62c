"""FOR ONE WORKER: index, search, links."""
