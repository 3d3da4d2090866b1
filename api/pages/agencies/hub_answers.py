"""The answers that a hub keeps to common questions: the list, and the form to write one."""

import uuid
from collections.abc import Mapping
from contextlib import suppress

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from wtforms import SelectField, StringField, TextAreaField

from api.access import allow, current_actor, staff
from api.database import now, transaction
from api.pages.blueprint import pages
from api.pages.form_page import BackLink, form_page
from api.pages.forms import PageForm, Words, choices, joined, stripped
from api.pages.frame import say
from api.pages.submit import act, attempt
from engage import texts
from engage.access import hub_settings as use
from engage.agencies import hub_answers as answers
from engage.agencies.hub_answers import NewAnswer
from engage.agencies.hub_answers_model import AnswerLanguage, HubAnswer, HubTopic
from engage.agencies.hub_settings import zone
from engage.labels.agencies import ANSWER_LANGUAGES, HUB_TOPICS
from engage.queries import actor_names

SEE = staff(*use.READERS)
CHANGE = staff(*use.EDITORS)
EXAMPLE_NAME = "Grace"


class AnswerForm(PageForm):
    """An answer in one language."""

    TITLE = "Write an answer"
    LEAD = (
        "It is texted in your words, after “Hi Grace.” or “Helo Grace.” It is a draft until it is "
        "approved.\n"
        "Write short sentences that anyone may read, without names of services. Say only what is "
        "always true."
    )
    BUTTON = "Save as a draft"

    topic = SelectField("Question", choices=choices(HUB_TOPICS))
    language = SelectField("Language", choices=choices(ANSWER_LANGUAGES))
    place = StringField(
        "Place",
        [Words(answers.LONGEST_PLACE)],
        filters=[stripped],
        description=(
            "As texts call it, such as the centre on Bridge St. Needed for how to get there; for "
            "parking leave it empty if the answer holds everywhere."
        ),
    )
    words = TextAreaField(
        "Answer",
        [Words(texts.LONGEST_WORDS, missing="Enter the answer")],
        filters=[joined],
        description=(
            f"At most {texts.LONGEST_WORDS} characters; {texts.LONGEST_DIRECTIONS} for how to get "
            "there."
        ),
    )


@pages.get("/hubs/<uuid:hub_id>/answers")
@allow(SEE)
def hub_answers(hub_id: uuid.UUID) -> ResponseReturnValue:
    """Every answer of the hub, with what the linter finds and who approved it."""
    with transaction() as session:
        hub = use.to_read(session, current_actor(), hub_id)
        found = answers.answers_of(session, hub)
        by = {one.written_by for one in found} | {one.approved_by for one in found}
        return render_template(
            "agencies/hub_answers.html",
            hub=hub,
            zone=zone(hub),
            by_topic={topic: [one for one in found if one.topic is topic] for topic in HubTopic},
            bodies={one.id: _example(one) for one in found},
            problems={one.id: answers.problems_of(one) for one in found},
            who=actor_names.names_by_label(session, by),
            may_change=use.may_change(current_actor(), hub),
        )


@pages.get("/hubs/<uuid:hub_id>/answers/write")
@allow(CHANGE)
def write_hub_answer(hub_id: uuid.UUID) -> ResponseReturnValue:
    """The form, with the topic, or with the answer that is written again."""
    with transaction() as session:
        hub = use.to_change(session, current_actor(), hub_id)
        given: Mapping[str, str] = {"topic": request.args.get("topic", "")}
        with suppress(ValueError):
            old = answers.get(session, hub, uuid.UUID(request.args.get("answer", "")))
            given = {
                "topic": old.topic,
                "language": old.language,
                "place": old.place,
                "words": old.words,
            }
        return _form(hub_id, AnswerForm(data=given))


@pages.post("/hubs/<uuid:hub_id>/answers/write")
@allow(CHANGE)
def save_hub_answer(hub_id: uuid.UUID) -> ResponseReturnValue:
    """Save an answer as a draft."""
    form = AnswerForm(request.form)

    def work(session: Session) -> str:
        hub = use.to_change(session, current_actor(), hub_id)
        new = NewAnswer(
            HubTopic(form.topic.data),
            AnswerLanguage(form.language.data),
            form.words.data or "",
            form.place.data or "",
        )
        answers.write(session, hub, new, actor=current_actor().label, now=now())
        return url_for("pages.hub_answers", hub_id=hub_id)

    if form.validate() and (address := attempt(form, work)):
        say("The answer is saved.")
        return redirect(address)
    return _form(hub_id, form), 422


@pages.post("/hubs/<uuid:hub_id>/answers/<uuid:answer_id>/approve")
@allow(CHANGE)
def approve_hub_answer(hub_id: uuid.UUID, answer_id: uuid.UUID) -> ResponseReturnValue:
    """Approve the words that the page showed."""

    def work(session: Session) -> None:
        hub = use.to_change(session, current_actor(), hub_id)
        words = request.form.get("words", "")
        answers.approve(session, hub, answer_id, words, actor=current_actor().label, now=now())

    say(act(work) or "Approved. Engage sends this answer from now on.")
    return redirect(url_for("pages.hub_answers", hub_id=hub_id))


@pages.post("/hubs/<uuid:hub_id>/answers/<uuid:answer_id>/remove")
@allow(CHANGE)
def remove_hub_answer(hub_id: uuid.UUID, answer_id: uuid.UUID) -> ResponseReturnValue:
    """Remove an answer."""

    def work(session: Session) -> None:
        hub = use.to_change(session, current_actor(), hub_id)
        answers.remove(session, hub, answer_id, actor=current_actor().label, now=now())

    say(act(work) or "Removed. These questions go to a worker.")
    return redirect(url_for("pages.hub_answers", hub_id=hub_id))


def _form(hub_id: uuid.UUID, form: AnswerForm) -> str:
    back = BackLink(url_for("pages.hub_answers", hub_id=hub_id), "Answers")
    return form_page(form, back=back)


def _example(answer: HubAnswer) -> str:
    """The text as a person gets it."""
    return answers.text_of(answer.topic, answer.language, answer.words, answer.place, EXAMPLE_NAME)
