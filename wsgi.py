"""gunicorn's entry: `gunicorn wsgi:app`."""

from engage.core.process_start import without_collecting

with without_collecting():
    from api import create_app

    app = create_app()
