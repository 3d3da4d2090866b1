"""The one blueprint that every staff page belongs to."""

from flask import Blueprint

pages = Blueprint("pages", __name__, template_folder="templates")
