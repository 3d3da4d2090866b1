"""What both peers share: a table of reminders in PostgreSQL, Twilio's client, and one result
written for each text.
"""

import os
from functools import cache

from sqlalchemy import Engine, create_engine, text
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

from bench.provider import IN_FLIGHT, words
from messaging.gateways.twilio.settings import DEMO_ACCOUNT_SID, DEMO_AUTH_TOKEN, DEMO_NUMBER

DATABASE, PROVIDER = "PEER_DATABASE", "PEER_PROVIDER"
CREATE = text(
    "CREATE TABLE peer_reminder (n int PRIMARY KEY, to_number text NOT NULL, body text NOT NULL,"
    " sid text, status text, sent_at timestamptz)"
)
FILL = text("INSERT INTO peer_reminder (n, to_number, body) VALUES (:n, :to_number, :body)")
_READ = text("SELECT to_number, body FROM peer_reminder WHERE n = :n")
_WRITE = text(
    "UPDATE peer_reminder SET sid = :sid, status = :status, sent_at = clock_timestamp() WHERE n ="
    " :n"
)
SPAN = text(
    "SELECT count(sent_at) AS done, EXTRACT(EPOCH FROM max(sent_at) - min(sent_at)) AS seconds"
    " FROM peer_reminder"
)
EMPTY = text("TRUNCATE peer_reminder")


@cache
def engine() -> Engine:
    """This process's connections."""
    return create_engine(os.environ[DATABASE], pool_size=IN_FLIGHT)


@cache
def _client() -> Client:
    http = TwilioHttpClient(timeout=10, pool_connections=True)
    client = Client(DEMO_ACCOUNT_SID, DEMO_AUTH_TOKEN, http_client=http)
    client.api.base_url = os.environ[PROVIDER]
    return client


def send(n: int) -> None:
    """The work of a task or a job: read the reminder, send it, write the result."""
    with engine().begin() as connection:
        reminder = connection.execute(_READ, {"n": n}).one()
    made = _client().messages.create(to=reminder.to_number, from_=DEMO_NUMBER, body=reminder.body)
    with engine().begin() as connection:
        connection.execute(_WRITE, {"n": n, "sid": made.sid, "status": made.status})


def rows(count: int) -> list[dict[str, object]]:
    """The reminders to fill the table with."""
    return [{"n": n, "to_number": words(n)[0], "body": words(n)[1]} for n in range(count)]
