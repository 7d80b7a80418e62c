"""WHAT IS HANDED ON: facts, sheets, folium maps, workbooks, layers."""
