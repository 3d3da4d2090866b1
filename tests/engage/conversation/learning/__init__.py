"""Tests of what is counted of corrected texts, and of when a rise is a warning."""
