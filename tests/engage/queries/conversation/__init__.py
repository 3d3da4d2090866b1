"""Tests of what staff see of conversations."""
