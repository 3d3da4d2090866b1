"""An SMS engine that neither loses nor doubles a text.

It knows phones and texts and nothing about people: a recipient is a number and an opaque id.
Everything is a row in PostgreSQL before it is an act, so any number of processes may enqueue, send,
take receipts and read replies on one database. It must never import from the packages above it.
"""
