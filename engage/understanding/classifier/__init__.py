"""The trained part of understanding: labelled lines, features, training and prediction.

It knows nothing about people or appointments. `interpret.py` combines its probabilities with the
rules, and decides.
"""
