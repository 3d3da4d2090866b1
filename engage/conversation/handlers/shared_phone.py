"""A text from a phone that several people use: whose it is is asked, never guessed, and nobody sees
what another was told.

Until a name comes the text belongs to nobody. Where a name could not settle it, or the sharing was
never agreed, each person's offender manager is told that something came, without its words, and a
coordinator reads it.
"""

import uuid
from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.appointments.kinds import IntentKind
from engage.conversation import (
    answers,
    appointment_match,
    open_questions,
    routing,
    takeover,
)
from engage.conversation.context import Handled, ReplyContext
from engage.conversation.handlers import (
    attendance,
    check_ins,
    number_check,
    rebooking,
)
from engage.conversation.model import Question, QuestionKind, ReplyRecord
from engage.conversation.phone_owner import AnswerScope, PhoneOwner, language_of, sharing_agreed
from engage.conversation.signals import next_working_day, raise_signal
from engage.signals import Evidence, SignalKind
from engage.texts import TextKind
from engage.understanding.choices import (
    plain_words,
    read_check,
    read_choice,
    read_name,
)
from engage.understanding.vocabulary import Intent, Prompt
from messaging.tables import Inbound

Listen = Callable[[Inbound, PhoneOwner], ReplyContext]
"""Reads an earlier text again in the light of what that person was asked."""


def hear(turn: ReplyContext, held: Sequence[PhoneOwner], listen: Listen) -> Handled:
    """Do what the text asks for where it is certain whose it is; else ask, or leave it to humans."""
    if ended := routing.ends_texts(turn, list(held)):
        return ended
    if left := takeover.leave_shared_to_worker(turn, held):
        tell_all(turn.session, held, turn.evidence, turn.now)
        return left
    if turn.heard.acts and turn.heard.intent is Intent.THANKS:
        return Handled("Thanks: nothing to do")
    if not sharing_agreed(held) or all(holder.standing is AnswerScope.SILENT for holder in held):
        return _to_humans(turn, held, "Several people have this number")
    if turn.heard.acts and turn.heard.intent is Intent.HELP:
        answers.neutral(turn, TextKind.HELP, language_of(held))
        return Handled("Sent how the texts work")
    if answering := _answers_own_question(turn, held):
        return routing.hear(listen(turn.inbound, answering), answering)
    waiting = open_questions.open_for(turn.session, turn.number, turn.heard_at, QuestionKind.WHO)
    if waiting:
        named = _named(turn, held)
        return (
            _wait(turn, waiting[0]) if named is None else _settle(turn, named, waiting[0], listen)
        )
    if only := _only_one_it_can_be(turn, held):
        return routing.hear(listen(turn.inbound, only), only)
    return _ask(turn, held)


def _answers_own_question(turn: ReplyContext, held: Sequence[PhoneOwner]) -> PhoneOwner | None:
    """The person who was asked a question with numbered answers that this text answers, if there is
    exactly one such question.
    """
    asked: list[uuid.UUID | None] = []
    if read_check(turn.body) is not None:
        asked += [holder.person.id for holder in number_check.pending(turn.session, held)]
    for question in open_questions.open_for(
        turn.session, turn.number, turn.heard_at, QuestionKind.WHICH
    ):
        if read_choice(turn.body, len(question.options["appointments"])) is not None:
            asked.append(question.person_id)
    asked += [holder.person.id for holder in held if rebooking.picks(turn, holder)]
    open_check_ins = check_ins.asked_of(turn.session, held, turn.number, turn.body, turn.heard_at)
    asked += [holder.person.id for holder in open_check_ins]
    if len(asked) != 1:
        return None
    return next((holder for holder in held if holder.person.id == asked[0]), None)


def _only_one_it_can_be(turn: ReplyContext, held: Sequence[PhoneOwner]) -> PhoneOwner | None:
    """For a word about an appointment: the one person with anything booked, if that one was asked
    and the others have nothing at all.
    """
    kind = attendance.KINDS.get(turn.heard.intent)
    if kind is None or not turn.heard.acts:
        return None
    busy = [
        holder
        for holder in held
        if appointment_match.ahead(turn.session, holder.person.id, turn.heard_at, 1)
        or appointment_match.of_now(turn.session, holder.person.id, turn.heard_at, IntentKind.LATE)
        or appointment_match.of_now(turn.session, holder.person.id, turn.heard_at, IntentKind.HERE)
    ]
    if len(busy) != 1:
        return None
    fits = appointment_match.candidates(
        turn.session, busy[0].person.id, turn.number, turn.heard_at, kind
    )
    return busy[0] if fits else None


def _ask(turn: ReplyContext, held: Sequence[PhoneOwner]) -> Handled:
    if not _names_differ(held):
        return _to_humans(turn, held, "Several people with one name have this number")
    if not answers.neutral(turn, TextKind.WHO, language_of(held)):
        return _to_humans(turn, held, "Several people have this number")
    open_questions.ask(
        turn.session,
        QuestionKind.WHO,
        turn.number,
        None,
        options={"inbounds": [turn.inbound.id]},
        now=turn.now,
    )
    return Handled("Asked who is writing: several people have this number", acted=False)


def _wait(turn: ReplyContext, question: Question) -> Handled:
    """No name yet: the text waits with those before it. Nothing is asked twice while a question is
    open.
    """
    question.options = {
        **question.options,
        "inbounds": [*question.options["inbounds"], turn.inbound.id],
    }
    return Handled("Waits until it is known who is writing", acted=False)


def _settle(turn: ReplyContext, holder: PhoneOwner, question: Question, listen: Listen) -> Handled:
    """The name has come: what waited is done as theirs, in order; one answer goes, to the last of
    it.
    """
    open_questions.close(question, now=turn.now, inbound_id=turn.inbound.id)
    ids = question.options["inbounds"]
    inbounds = {
        one.id: one for one in turn.session.scalars(select(Inbound).where(Inbound.id.in_(ids)))
    }
    readings = {
        one.inbound_id: one
        for one in turn.session.scalars(select(ReplyRecord).where(ReplyRecord.inbound_id.in_(ids)))
    }
    for id in ids:
        reading = readings[id]
        again = listen(inbounds[id], holder)
        again.answers_to, again.reading_id, again.quiet = turn.inbound, reading.id, id != ids[-1]
        again.also.append(Evidence("inbound", str(turn.inbound.id)))
        done = routing.hear(again, holder)
        reading.person_id, reading.appointment_id = holder.person.id, done.appointment_id
        reading.intent, reading.confidence = again.heard.intent, again.heard.confidence
        reading.intents, reading.evidence = list(again.heard.intents), list(again.heard.evidence)
        reading.act, reading.done = done.acted, f"Asked who is writing; {done.words}"[:200]
        reading.needs_human = done.needs_human or again.limited
        reading.prompt = again.prompt
    return Handled("Said who is writing", person_id=holder.person.id, intent=Intent.OTHER)


def _named(turn: ReplyContext, held: Sequence[PhoneOwner]) -> PhoneOwner | None:
    """Who of them gives their name: the whole text, or the name that reading it found; None unless
    exactly one fits.
    """
    names = [_names(holder) for holder in held]
    place = read_name(turn.body, names)
    if place is None and turn.heard.name and turn.prompt is Prompt.WHO:
        place = read_name(turn.heard.name, names)
    return None if place is None else held[place]


def _names_differ(held: Sequence[PhoneOwner]) -> bool:
    known = [{plain_words(name) for name in _names(holder)} for holder in held]
    return all(not (one & other) for place, one in enumerate(known) for other in known[place + 1 :])


def _names(holder: PhoneOwner) -> list[str]:
    person = holder.person
    return [name for name in (person.first_name, person.preferred_name) if name]


def _to_humans(turn: ReplyContext, held: Sequence[PhoneOwner], why: str) -> Handled:
    """Each offender manager learns that something came; its words stay with the coordinator,
    because they may be the other person's.
    """
    if any(holder.standing is not AnswerScope.SILENT for holder in held):
        answers.neutral(turn, TextKind.NOT_SURE_UNNAMED, language_of(held))
    tell_all(turn.session, held, turn.evidence, turn.now)
    return Handled(f"{why}: for a coordinator to read", needs_human=True, acted=False)


def tell_all(
    session: Session, held: Sequence[PhoneOwner], evidence: Sequence[Evidence], now: datetime
) -> None:
    """Tell everybody's offender manager that a text came from the shared phone."""
    for holder in held:
        raise_signal(
            session,
            SignalKind.REPLY_UNREAD,
            holder.person,
            about="shared",
            why="A text came from a phone that several people have. A coordinator can read it and find out whose it is.",
            evidence=evidence,
            now=now,
            due_at=next_working_day(session, holder.person, now),
        )
