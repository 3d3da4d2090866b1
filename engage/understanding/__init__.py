"""What a text means. Pure: texts in, meanings out.

It knows nothing about people and must never use the database.
"""
