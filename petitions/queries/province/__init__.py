"""The picture of the province: where cases lie, how old they are, which body is out of line.

``reach`` says whose figures a reader gets, ``places`` counts by commune and field, ``backlog`` follows
spells of work through agencies, ``lists`` names the cases that go before people first. Every count
runs through the scope predicate: what a reader may not open is counted nowhere.
"""
