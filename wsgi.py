"""The entry point for gunicorn: `gunicorn wsgi:app`."""

from engage.core.process_start import without_garbage_collection

with without_garbage_collection():
    from api import create_app

    app = create_app()
