"""Hypothesis runs the same examples every time; speed is nobody's claim here."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

settings.register_profile(
    "symconv",
    derandomize=True,
    deadline=None,
    database=None,
    print_blob=False,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
settings.load_profile("symconv")
