"""The words that people use: spellings, phrases in English and Welsh, and matching a text against
them.
"""
