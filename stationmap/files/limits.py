"""How much is read before a file is refused: memory and time stay bounded whatever comes in.

A list of stations has thousands of rows, a city's places hundreds of thousands; each limit is well above that.
"""

MEGABYTE = 1_000_000

TEXT_BYTES = 300 * MEGABYTE  # a delimited text, read whole
DOCUMENT_BYTES = 200 * MEGABYTE  # a JSON, XML, KML or HTML document, parsed whole
LINE_BYTES = 10 * MEGABYTE  # one line of a delimited text
CELL_CHARACTERS = 8 * MEGABYTE  # one quoted cell, such as the outline of a province in WKT
UNPACKED_BYTES = 1_000 * MEGABYTE  # all that comes out of an archive or a workbook
EXTRACT_BYTES = 2_000 * MEGABYTE  # an OSM extract
COLUMNS = 16_384  # of any table; the width of an Excel sheet
CELLS = 40_000_000  # rows times columns of one table
XML_DEPTH = 200  # elements within elements
