"""The words people use: spellings, phrases in English and Welsh, and how a text is covered with
them.
"""
