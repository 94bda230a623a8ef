"""The inspectorate's statistical tables: what each column counts is data, how it is counted is SQL.

``spec`` reads the tables of ``config/reports``, ``passages`` follows a case through the units that
had it, ``universes`` makes the countable lines of that, ``conditions`` gives their properties names,
``figures`` counts and lists.
"""
