"""Scenarios that are graphs: their files, their formulas, their walks."""
