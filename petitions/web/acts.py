from flask import Blueprint

blueprint = Blueprint("acts", __name__)
