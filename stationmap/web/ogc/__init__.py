"""OGC API - Features under ``/ogc``: Part 1 (Core, GeoJSON, HTML, OpenAPI 3.1) and Part 2 (CRS by reference)."""
