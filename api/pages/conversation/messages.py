"""Texts from staff, with their length and a warning before sending, and marking replies as read."""

import uuid
from dataclasses import dataclass

from flask import jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from wtforms import BooleanField, TextAreaField

from api.access import STAFF, allow, current_actor
from api.database import now, transaction
from api.pages.blueprint import pages
from api.pages.conversation.takeover import over
from api.pages.forms import OnceForm, Words, joined, seen
from api.pages.frame import say
from api.pages.submit import act, attempt
from engage import texts
from engage.access.policy import Ability, open_person
from engage.conversation import staff_actions
from engage.people.model import Person
from engage.queries.conversation import takeover
from engage.queries.people import person as queries
from messaging.text import Encoding, measure, plain

LONGEST = staff_actions.MAX_LENGTH


class TextForm(OnceForm):
    """A text to a person in a worker's own words."""

    body = TextAreaField(
        "Text",
        [Words(LONGEST, missing="Write the text first", lines=True)],
        filters=[joined],
        description=(
            "Use plain words and ask one question. Write nothing that a stranger should not"
            " read: no surname, no agency, no court."
        ),
    )
    anyway = BooleanField("Send it with these words")


@dataclass(frozen=True)
class TextFacts:
    """What a text costs and what in it a stranger should not read."""

    characters: int
    segments: int
    plain: bool
    problems: tuple[texts.DiscreetProblem, ...]

    @property
    def words(self) -> str:
        """The length as the page says it."""
        if not self.characters:
            return "Nothing written yet. One text holds 160 plain characters."
        cost = "1 text" if self.segments == 1 else f"costs {self.segments} texts"
        letters = "" if self.plain else " It has letters that shorten a text to 70 characters."
        return f"{self.characters} characters, {cost}.{letters}"


def text_facts(body: str, person: Person) -> TextFacts:
    """Measure and lint what would be sent for `body`."""
    measured = measure(plain(body))
    return TextFacts(
        characters=measured.units,
        segments=measured.segments if body else 0,
        plain=measured.encoding is Encoding.GSM7,
        problems=tuple(texts.lint(body, private=[person.last_name])),
    )


@pages.get("/people/<uuid:person_id>/text")
@allow(STAFF)
def write_text(person_id: uuid.UUID) -> ResponseReturnValue:
    """The page for writing a text."""
    return _page(person_id, TextForm())


@pages.post("/people/<uuid:person_id>/text")
@allow(STAFF)
def send_text(person_id: uuid.UUID) -> ResponseReturnValue:
    """Check a text, or send it: once, and with words that a stranger should not read only when the
    worker insists.
    """
    form, actor, at = TextForm(request.form), current_actor(), now()
    if not form.validate():
        return _page(person_id, form), 422
    body = form.body.data or ""
    if request.form.get("do") == "check":
        return _page(person_id, form)
    with transaction() as session:
        found = _to_converse(session, person_id)
    if text_facts(body, found).problems and not form.anyway.data:
        form.anyway.errors = ["Change the text, or tick the box to send it as it is"]
        return _page(person_id, form), 422

    def work(session: Session) -> str:
        staff_actions.send_text(
            session,
            actor,
            person_id,
            body,
            now=at,
            anyway=bool(form.anyway.data),
            key=form.once.data,
            over=over(request.form.get("over")),
        )
        staff_actions.mark_seen_read(
            session, actor, person_id, seen(request.form.getlist("seen")), now=at
        )
        return url_for("pages.person", person_id=person_id, _anchor="thread")

    if address := attempt(form, work):
        say("The text is on its way.")
        return redirect(address)
    return _page(person_id, form), 422


@pages.post("/people/<uuid:person_id>/text/facts")
@allow(STAFF)
def facts(person_id: uuid.UUID) -> ResponseReturnValue:
    """For the page's script: the length of a text and the words in it that a stranger should not
    read.
    """
    body = (joined(request.form.get("body")) or "")[: LONGEST * 2]
    with transaction() as session:
        measured = text_facts(body, _to_converse(session, person_id))
    return jsonify(
        words=measured.words,
        segments=measured.segments,
        problems=[{"word": problem.word, "why": problem.why} for problem in measured.problems],
    )


@pages.post("/readings/<uuid:reading_id>/read")
@allow(STAFF)
def mark_read(reading_id: uuid.UUID) -> ResponseReturnValue:
    """A worker has read a reply."""
    refusal = act(lambda session: _mark_read(session, reading_id))
    say(refusal or "Marked as read.")
    back = request.form.get("back", "")
    try:
        return redirect(url_for("pages.person", person_id=uuid.UUID(back), _anchor="thread"))
    except ValueError:
        return redirect(url_for("pages.unknown_numbers" if back == "unknown" else "pages.today"))


def _mark_read(session: Session, reading_id: uuid.UUID) -> None:
    staff_actions.mark_read(session, current_actor(), reading_id, now=now())


def _to_converse(session: Session, person_id: uuid.UUID) -> Person:
    return open_person(
        session,
        current_actor(),
        person_id,
        now=now(),
        what="text.page",
        ability=Ability.CONVERSE,
        change=True,
    )


def _page(person_id: uuid.UUID, form: TextForm) -> str:
    with transaction() as session:
        found = _to_converse(session, person_id)
        why_not = queries.obstacles_now(session, found.id, now=now())
        held = takeover.of_person(session, current_actor(), found.id, now=now())
    return render_template(
        "conversation/write_text.html",
        person=found,
        form=form,
        why_not=why_not,
        held=held,
        text=text_facts(form.body.data or "", found),
        seen=seen(request.form.getlist("seen")),
    )
