"""Measures how well texts are interpreted: `make evaluate`.

It prints the figures of docs/understanding.md for the files named, whose writers are not in the
corpus, and for some writers of the corpus, interpreted by a classifier that was trained without any
of their lines. That classifier also knows less than the real one. It changes nothing.

`corpus_check.py` refuses lines of the corpus that are too much alike.
"""
