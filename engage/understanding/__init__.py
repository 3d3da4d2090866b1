"""What a text means. Pure: texts and meanings in, meanings out; nothing about people and no
database.
"""
