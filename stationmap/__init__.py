"""Stationmap finds the nearest workers' station, keeps the register true and shows where the next should go.

The house has floors; imports only go down (``make check`` holds the plan against the code):

=====================  =========================================================================
``cli``                the command line: parses and prints
``web``                the Flask map app and its API: parses and prints
``report``             what is handed on: maps, charts, facts, sheets, workbooks
``runs``               what planners ask: inputs gathered, carried out, compared
``register``           what is known: ledger, intake, history
``finder``             for one worker: index, search, links
``planning``           for planners: demand, network, pairs, coverage, gaps, equity
``files``              in and out: any table, layer, workbook or OSM extract, as it is
``hours``              when: free text, calendar, opening
``geo``                where: datum, earth, areas
``catalogue``          every word a user sees, Chinese and English
``schema``             the vocabulary and the records
``errors``             what can go wrong, a sentence each
=====================  =========================================================================

``register``, ``finder`` and ``planning`` stand side by side and never see each other, likewise ``files``, ``hours``,
``geo``.
"""

__version__ = "0.1.0"
