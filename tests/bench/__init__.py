"""Measurements: ratios to the floor of the same work in the same run. Never part of the tests."""
