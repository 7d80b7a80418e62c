"""How the tables of the ledger came to be, one file a step; :mod:`stationmap.register.upgrade` runs them.

A new step: write ``versions/0002_<what>.py`` after the pattern of the last one with ``down_revision =
"0001"``, change :mod:`stationmap.register.layout` to match and set its ``LAYOUT_VERSION``; a test holds the
tables that the steps make against the layout. A step never imports the layout, which goes on changing while
the step stays what it was.
"""
