"""Fuzz targets, which run as long as they are left to; `make fuzz` gives each a minute."""
