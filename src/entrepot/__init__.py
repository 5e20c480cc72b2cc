"""Entrepot: one registry of business models behind every door that business software knocks on."""

__version__ = "0.1.0"
