from datetime import date
from time import perf_counter
from petitions.services import demo
from petitions.services.demo import loading
from tests.conftest import TODAY
import pytest


@pytest.mark.sqlite_only
def test_load(app):
    t = perf_counter()
    n = demo.load(TODAY)
    print("LOADED", n, perf_counter() - t)
