"""Whole records: merging two that are one person's, retention and erasure. Above every room whose
tables it names.
"""
