"""An SMS engine that neither loses nor doubles a text.

It knows phone numbers and texts, and nothing about people: a recipient is a number and an opaque
id. Everything is a row in PostgreSQL before it is done, so any number of processes may queue, send,
apply receipts and read replies on one database. It must never import from the packages above it.
"""
