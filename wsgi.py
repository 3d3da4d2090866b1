"""gunicorn's entry: `gunicorn wsgi:app`."""

from engage.starting import without_collecting

with without_collecting():
    from api import create_app

    app = create_app()
