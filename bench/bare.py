"""The baseline of the webhook: a bare Flask view that checks Twilio's signature with Twilio's own
library and does one INSERT.
"""

import json
import os

from flask import Flask, Response, abort, request
from psycopg_pool import ConnectionPool
from twilio.request_validator import RequestValidator

PUBLIC_URL = os.environ["ENGAGE_PUBLIC_URL"]
CREATE = (
    "CREATE TABLE IF NOT EXISTS bare_inbound (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,"
    " sid text UNIQUE NOT NULL,"
    " sender text NOT NULL, body text NOT NULL, params jsonb NOT NULL, received_at timestamptz NOT"
    " NULL DEFAULT now())"
)
INSERT = (
    "INSERT INTO bare_inbound (sid, sender, body, params) VALUES (%s, %s, %s, %s) ON CONFLICT"
    " (sid) DO NOTHING"
)

app = Flask(__name__)
validator = RequestValidator(os.environ["TWILIO_AUTH_TOKEN"])
pool = ConnectionPool(
    os.environ["DATABASE_URL"].replace("postgresql+psycopg://", "postgresql://"),
    min_size=8,
    max_size=8,
    kwargs={"autocommit": True},
    open=True,
)
with pool.connection() as first:
    first.execute(CREATE)


@app.post("/inbound")
def inbound() -> Response:
    """Check, insert, answer."""
    form = request.form
    if not validator.validate(
        f"{PUBLIC_URL}/inbound", form, request.headers.get("X-Twilio-Signature", "")
    ):
        abort(403)
    with pool.connection() as connection:
        connection.execute(
            INSERT, (form["MessageSid"], form["From"], form["Body"], json.dumps(form.to_dict()))
        )
    return Response("<Response/>", content_type="text/xml")
