"""Removes what identifies a person from a text, so that its meaning can be learnt from."""
