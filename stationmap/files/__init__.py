"""IN AND OUT: any table, layer, workbook or OSM extract, read and written as it is."""
