"""Between the text engine and people: what may stop a text at the last moment, and what a failed
one means.
"""
