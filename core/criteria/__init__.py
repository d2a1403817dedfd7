"""Eligibility as data: standards with versions, judged with three values, each line explained."""
