"""A faithful Twilio for tests and development: a separate HTTP server with the part of Twilio's
interface that texts need, and a GOV.UK Notify service beside it.

It must never be used to reach a person, and imports nothing of the service that uses it. It
remembers in memory only.

    from messaging.gateways.simulator import SimulatorSettings, serve
    serve(SimulatorSettings(), "127.0.0.1", 5055)

Twilio's interface (`/2010-04-01/Accounts/{AC}/Messages.json` and below): create, list, fetch,
redact, cancel, delete. GOV.UK Notify's interface (`/v2/notifications`): send, list by reference,
show; with the same phones and the same ledger. Pages: `/` (phones), `/phones/{number}`, `/ledger`.

# Control interface
Bodies are JSON; a mistake is answered 400 with ``{"error": words}``.

`GET  /simulator/health`
`GET  /simulator/ledger?after=&limit=`
      every accepted text: number, sid, to, from, body, segments, accepted_at, status, error_code,
      callback_url, history, callbacks (status, at, http_status, attempts, error), redacted, deleted
`GET  /simulator/requests`
      every request to send with its answer and code, accepted or not
`GET  /simulator/phones`
      phones with texts, newest first
`GET  /simulator/phones/{number}`
      number, state, opted_out, texts (as in the ledger, with from_phone)
`POST /simulator/phones/{number}/texts`
      the phone texts the service. ``{"body"}`` and optionally ``to`` (which of the account's
      numbers), ``sid`` (again under this sid), ``copies`` (so many posts at once, one sid),
      ``signature`` (valid, wrong, absent: the last two are forgeries and not stored), ``media``
      (how many pictures), ``wait`` (false: post in the background). Answers 201
      ``{"sid", "answers": [{"http_status", "attempts", "error", "body", …}]}``
`PUT  /simulator/phones/{number}/state`
      ``{"state"}``: on, off, unknown, landline, filtered, slow
`PUT  /simulator/settings`
      ``now`` (the clock runs on from there), ``inbound_url``, ``opt_out`` (reduced, full, none),
      ``opt_out_type``; GET shows them with the opt-outs in force
`PUT  /simulator/outage`
      of Twilio's interface: ``{"kind", "seconds"}``: unavailable (503), error (500), too_many
      (429), drop, hang; without seconds until `DELETE /simulator/outage`
`POST /simulator/idle`
      ``{"timeout"}``: waits until no text is moving and nothing is being posted
`POST /simulator/reset`
      forget everything: texts, rules, opt-outs, outage, settings

`POST /simulator/script` adds a rule or a list of rules; `PUT` replaces those in force with
``{"rules", "seed"}``; `GET` shows them and `DELETE` removes them. A rule says which requests it
applies to, and what happens to them:

    which   on            create (the default), fetch, list, redact
            to            the number texted (create, list) or the sid (fetch, redact)
            contains      words within the body
            probability   0 to 1; drawn from the seed and the request itself, so that a run can be
                          repeated
            times         how often at most
    answer  latency       seconds, or [shortest, longest]; half before the text is accepted, half
                          after
            answer        accept; refuse with ``code``; too_many (429, ``retry_after``);
                          error_before, error_after (500); drop_before, drop_after (connection
                          closed); hang_before, hang_after (silent for ``hold`` seconds, then
                          closed); unreadable, empty (201 after acceptance, no sid in it)
    fate    ends          queued, sending, sent, delivered, undelivered, failed, with
                          ``error_code``
            queued, sending, sent, ended
                          seconds to reach each status (ended: the last one), or a range
    posts   early         all callbacks are posted before the create request is answered
            late          seconds by which each callback is delayed, or a range
            repeat        how many more times each is posted
            order         in_order, reversed, shuffled, together (all at once)
            withhold      true, or a list of statuses that are never posted

All rules that match a request apply; where two give the same field, the earlier one wins.
"""

from messaging.gateways.simulator.app import create_simulator
from messaging.gateways.simulator.server import SimulatorServer, serve
from messaging.gateways.simulator.settings import (
    NO_WORDS,
    REDUCED_WORDS,
    TWILIO_WORDS,
    Between,
    Delays,
    NotifyAccount,
    OptOutWords,
    SimulatorSettings,
)

__all__ = [
    "NO_WORDS",
    "REDUCED_WORDS",
    "TWILIO_WORDS",
    "Between",
    "Delays",
    "NotifyAccount",
    "OptOutWords",
    "SimulatorServer",
    "SimulatorSettings",
    "create_simulator",
    "serve",
]
