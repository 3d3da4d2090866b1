"""A text from a phone that several people use: whose it is is asked, never guessed, and nobody sees
what another was told.

Until a name comes the text belongs to nobody. Where a name could not settle it, or the sharing was
never agreed, each person's offender manager is told that something came, without its words, and a
coordinator reads it.
"""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

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
    stop,
)
from engage.conversation.model import Question, QuestionKind, ReplyRecord
from engage.conversation.phone_owner import AnswerScope, PhoneOwner, language_of, sharing_agreed
from engage.conversation.signals import next_working_day, raise_signal
from engage.conversation.steps import Result, Steps, handles, run
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

ReadAsTheirs = Callable[[ReplyContext, Inbound, PhoneOwner], ReplyContext]
"""Reads a text of this number again in the light of what one person was asked."""


def route(
    context: ReplyContext, owners: Sequence[PhoneOwner], read: ReadAsTheirs
) -> tuple[ReplyContext, Handled]:
    """Do what the text asks where it is certain whose it is; else ask, or leave it to workers."""
    return run(_steps(read), context, owners)


def _steps(read: ReadAsTheirs) -> Steps[Sequence[PhoneOwner]]:
    """What becomes of a text from a shared phone, the first that fits."""
    return (
        ("ends texts", handles(stop.on_request)),
        ("is for the worker who has a conversation", handles(_leave_to_worker)),
        ("is thanks", handles(_thanks)),
        ("may not be asked about", handles(_not_shared)),
        ("asks how texts work", handles(_help)),
        ("answers one person's own question", partial(_own_question, read=read)),
        ("comes while it is asked who writes", partial(_name, read=read)),
        ("can only be one person's", partial(_only_one, read=read)),
        ("is anybody's", handles(_ask)),
    )


def _leave_to_worker(context: ReplyContext, owners: Sequence[PhoneOwner]) -> Handled | None:
    left = takeover.leave_shared_to_worker(context, owners)
    if left is not None:
        tell_all(context.session, owners, context.evidence, context.now)
    return left


def _thanks(context: ReplyContext, owners: Sequence[PhoneOwner]) -> Handled | None:
    if not context.interpretation.acts or context.interpretation.intent is not Intent.THANKS:
        return None
    return Handled("Thanks: nothing to do")


def _not_shared(context: ReplyContext, owners: Sequence[PhoneOwner]) -> Handled | None:
    silent = all(owner.scope is AnswerScope.SILENT for owner in owners)
    if sharing_agreed(owners) and not silent:
        return None
    return _to_humans(context, owners, "Several people have this number")


def _help(context: ReplyContext, owners: Sequence[PhoneOwner]) -> Handled | None:
    if not context.interpretation.acts or context.interpretation.intent is not Intent.HELP:
        return None
    answers.neutral(context, TextKind.HELP, language_of(owners))
    return Handled("Sent how the texts work")


def _own_question(
    context: ReplyContext, owners: Sequence[PhoneOwner], *, read: ReadAsTheirs
) -> Result:
    owner = _answers_own_question(context, owners)
    if owner is None:
        return context, None
    return routing.route(read(context, context.inbound, owner), owner)


def _name(context: ReplyContext, owners: Sequence[PhoneOwner], *, read: ReadAsTheirs) -> Result:
    waiting = open_questions.open_for(
        context.session, context.number, context.received_at, QuestionKind.WHO
    )
    if not waiting:
        return context, None
    named = _named(context, owners)
    if named is None:
        return context, _wait(context, waiting[0])
    return context, _settle(context, named, waiting[0], read)


def _only_one(context: ReplyContext, owners: Sequence[PhoneOwner], *, read: ReadAsTheirs) -> Result:
    owner = _only_one_it_can_be(context, owners)
    if owner is None:
        return context, None
    return routing.route(read(context, context.inbound, owner), owner)


def _answers_own_question(context: ReplyContext, owners: Sequence[PhoneOwner]) -> PhoneOwner | None:
    """The person who was asked a question with numbered answers that this text answers, if there is
    exactly one such question.
    """
    asked: list[uuid.UUID | None] = []
    if read_check(context.body) is not None:
        asked += [owner.person.id for owner in number_check.pending(context.session, owners)]
    for question in open_questions.open_for(
        context.session, context.number, context.received_at, QuestionKind.WHICH
    ):
        if read_choice(context.body, len(question.options["appointments"])) is not None:
            asked.append(question.person_id)
    asked += [owner.person.id for owner in owners if rebooking.picks(context, owner)]
    open_check_ins = check_ins.asked_of(
        context.session, owners, context.number, context.body, context.received_at
    )
    asked += [owner.person.id for owner in open_check_ins]
    if len(asked) != 1:
        return None
    return next((owner for owner in owners if owner.person.id == asked[0]), None)


def _only_one_it_can_be(context: ReplyContext, owners: Sequence[PhoneOwner]) -> PhoneOwner | None:
    """For a word about an appointment: the one person with anything booked, if that one was asked
    and the others have nothing at all.
    """
    kind = attendance.KINDS.get(context.interpretation.intent)
    if kind is None or not context.interpretation.acts:
        return None
    busy = [
        owner
        for owner in owners
        if appointment_match.ahead(context.session, owner.person.id, context.received_at, 1)
        or appointment_match.of_now(
            context.session, owner.person.id, context.received_at, IntentKind.LATE
        )
        or appointment_match.of_now(
            context.session, owner.person.id, context.received_at, IntentKind.HERE
        )
    ]
    if len(busy) != 1:
        return None
    fits = appointment_match.candidates(
        context.session, busy[0].person.id, context.number, context.received_at, kind
    )
    return busy[0] if fits else None


def _ask(context: ReplyContext, owners: Sequence[PhoneOwner]) -> Handled:
    if not _names_differ(owners):
        return _to_humans(context, owners, "Several people with one name have this number")
    if not answers.neutral(context, TextKind.WHO, language_of(owners)):
        return _to_humans(context, owners, "Several people have this number")
    open_questions.ask(
        context.session,
        QuestionKind.WHO,
        context.number,
        None,
        options={"inbounds": [context.inbound.id]},
        now=context.now,
    )
    return Handled("Asked who is writing: several people have this number", acted=False)


def _wait(context: ReplyContext, question: Question) -> Handled:
    """No name yet: the text waits with those before it. Nothing is asked twice while a question is
    open.
    """
    question.options = {
        **question.options,
        "inbounds": [*question.options["inbounds"], context.inbound.id],
    }
    return Handled("Waits until it is known who is writing", acted=False)


def _settle(
    context: ReplyContext, owner: PhoneOwner, question: Question, read: ReadAsTheirs
) -> Handled:
    """The name has come: handle what waited as theirs, in order. One answer goes, to the last."""
    open_questions.close(question, now=context.now, inbound_id=context.inbound.id)
    ids = question.options["inbounds"]
    inbounds = {
        one.id: one for one in context.session.scalars(select(Inbound).where(Inbound.id.in_(ids)))
    }
    records = {
        one.inbound_id: one
        for one in context.session.scalars(
            select(ReplyRecord).where(ReplyRecord.inbound_id.in_(ids))
        )
    }
    for id in ids:
        record = records[id]
        again = replace(
            read(context, inbounds[id], owner).with_evidence(context.inbound.id),
            answer_to=context.inbound,
            record_id=record.id,
            quiet=id != ids[-1],
        )
        again, handled = routing.route(again, owner)
        _record_as_theirs(record, again, handled, owner)
    return Handled("Said who is writing", person_id=owner.person.id, intent=Intent.OTHER)


def _record_as_theirs(
    record: ReplyRecord, context: ReplyContext, handled: Handled, owner: PhoneOwner
) -> None:
    """Rewrite the record of a text that waited for its owner."""
    interpretation = context.interpretation
    record.person_id, record.appointment_id = owner.person.id, handled.appointment_id
    record.intent, record.confidence = interpretation.intent, interpretation.confidence
    record.intents, record.evidence = list(interpretation.intents), list(interpretation.evidence)
    record.act, record.done = handled.acted, f"Asked who is writing; {handled.words}"[:200]
    record.needs_human = handled.needs_human or context.effects.answer_limited
    record.prompt = context.prompt


def _named(context: ReplyContext, owners: Sequence[PhoneOwner]) -> PhoneOwner | None:
    """Who of them gives their name: the whole text, or the name that reading it found; None unless
    exactly one fits.
    """
    names = [_names(owner) for owner in owners]
    place = read_name(context.body, names)
    if place is None and context.interpretation.name and context.prompt is Prompt.WHO:
        place = read_name(context.interpretation.name, names)
    return None if place is None else owners[place]


def _names_differ(owners: Sequence[PhoneOwner]) -> bool:
    known = [{plain_words(name) for name in _names(owner)} for owner in owners]
    return all(not (one & other) for place, one in enumerate(known) for other in known[place + 1 :])


def _names(owner: PhoneOwner) -> list[str]:
    person = owner.person
    return [name for name in (person.first_name, person.preferred_name) if name]


def _to_humans(context: ReplyContext, owners: Sequence[PhoneOwner], why: str) -> Handled:
    """Each offender manager learns that something came; its words stay with the coordinator,
    because they may be the other person's.
    """
    if any(owner.scope is not AnswerScope.SILENT for owner in owners):
        answers.neutral(context, TextKind.NOT_SURE_UNNAMED, language_of(owners))
    tell_all(context.session, owners, context.evidence, context.now)
    return Handled(f"{why}: for a coordinator to read", needs_human=True, acted=False)


def tell_all(
    session: Session, owners: Sequence[PhoneOwner], evidence: Sequence[Evidence], now: datetime
) -> None:
    """Tell everybody's offender manager that a text came from the shared phone."""
    for owner in owners:
        raise_signal(
            session,
            SignalKind.REPLY_UNREAD,
            owner.person,
            about="shared",
            why="A text came from a phone that several people have. A coordinator can read it and find out whose it is.",
            evidence=evidence,
            now=now,
            due_at=next_working_day(session, owner.person, now),
        )
