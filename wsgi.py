"""What a WSGI server runs: ``gunicorn wsgi:app``."""

from petitions.app import create_app

app = create_app()
