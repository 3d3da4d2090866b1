"""Signing in and out of the staff pages, and knowing who is signed in."""

from flask import Flask

from api import access
from api.auth import session, views

__all__ = ["install"]


def install(app: Flask) -> None:
    """Give `app` the sign-in pages, and access.py a way to find the signed-in member of staff."""
    access.identify_staff(app, session.identify, session.challenge)
    app.register_blueprint(views.auth)
