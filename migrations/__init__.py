"""The database's history: one numbered step after another, for the tables of `messaging` and of
`engage`.
"""
