"""Who needs a station, and where: demand from any table, layer or raster, checked and spread."""
