"""Observations to monthly facts, metrics and goals."""
