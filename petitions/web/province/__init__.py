"""The picture of the province: map, fields, lines over time, backlog, lists before sessions."""

from petitions.web.province import maps, periods, times
from petitions.web.province.door import blueprint

__all__ = ["blueprint", "maps", "periods", "times"]
