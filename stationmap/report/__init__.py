"""WHAT IS HANDED ON: folium maps."""
