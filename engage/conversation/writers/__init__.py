"""Who writes, on both sides: texts that the person did not write, the question who we are, and the
questions before a number gets no more texts.
"""
