"""Texts from a phone that several people share: the person is asked who is writing. It must never
be guessed, and nobody may see what another person was told.

Until a name comes the text belongs to nobody. If a name could not decide, or if the sharing was
never agreed, each offender manager is told that a text came, without its words, and a coordinator
reads it.
"""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from itertools import combinations

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
    number_check,
    open_check_ins,
    rebooking_choices,
    stop,
)
from engage.conversation.handlers.intent_kinds import KIND_OF
from engage.conversation.model import Question, QuestionKind, ReplyRecord
from engage.conversation.phone_owner import PhoneOwner, language_of, sharing_agreed
from engage.conversation.signals import next_working_day, raise_signal
from engage.conversation.steps import Result, Steps, handles, run
from engage.people.rules import AnswerScope
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

InterpretAsTheirs = Callable[[ReplyContext, Inbound, PhoneOwner], ReplyContext]
"""Interprets a text from this number as an answer to what one person was asked."""


def route(
    context: ReplyContext, owners: Sequence[PhoneOwner], interpret_as: InterpretAsTheirs
) -> tuple[ReplyContext, Handled]:
    """Handle a text if its sender is certain; else ask, or leave it to staff."""
    return run(_steps(interpret_as), context, owners)


def _steps(interpret_as: InterpretAsTheirs) -> Steps[Sequence[PhoneOwner]]:
    """The steps for a text from a shared phone."""
    return (
        ("ends texts", handles(stop.handle_request)),
        ("is for the worker who has a conversation", handles(_leave_to_worker)),
        ("is thanks", handles(_thanks)),
        ("may not be asked about", handles(_not_shared)),
        ("asks how texts work", handles(_help)),
        ("answers one person's own question", partial(_own_question, interpret_as=interpret_as)),
        ("comes while it is asked who writes", partial(_name, interpret_as=interpret_as)),
        ("can only be one person's", partial(_only_one, interpret_as=interpret_as)),
        ("is anybody's", handles(_ask)),
    )


def _leave_to_worker(context: ReplyContext, owners: Sequence[PhoneOwner]) -> Handled | None:
    left = takeover.leave_shared_to_worker(context, owners)
    if left is not None:
        signal_all(context.session, owners, context.evidence, context.now)
    return left


def _thanks(context: ReplyContext, owners: Sequence[PhoneOwner]) -> Handled | None:
    if not context.interpretation.acts or context.interpretation.intent is not Intent.THANKS:
        return None
    return Handled("Thanks: nothing to do")


def _not_shared(context: ReplyContext, owners: Sequence[PhoneOwner]) -> Handled | None:
    silent = all(owner.scope is AnswerScope.SILENT for owner in owners)
    if sharing_agreed(owners) and not silent:
        return None
    return _leave_to_coordinator(context, owners, "Several people have this number")


def _help(context: ReplyContext, owners: Sequence[PhoneOwner]) -> Handled | None:
    if not context.interpretation.acts or context.interpretation.intent is not Intent.HELP:
        return None
    answers.send_neutral(context, TextKind.HELP, language_of(owners))
    return Handled("Sent how the texts work")


def _own_question(
    context: ReplyContext, owners: Sequence[PhoneOwner], *, interpret_as: InterpretAsTheirs
) -> Result:
    owner = _answers_own_question(context, owners)
    if owner is None:
        return context, None
    return routing.route(interpret_as(context, context.inbound, owner), owner)


def _name(
    context: ReplyContext, owners: Sequence[PhoneOwner], *, interpret_as: InterpretAsTheirs
) -> Result:
    waiting = open_questions.open_for(
        context.session, context.number, context.received_at, QuestionKind.WHO
    )
    if not waiting:
        return context, None
    named = _person_named(context, owners)
    if named is None:
        return context, _wait(context, waiting[0])
    return context, _handle_waiting_texts(context, named, waiting[0], interpret_as)


def _only_one(
    context: ReplyContext, owners: Sequence[PhoneOwner], *, interpret_as: InterpretAsTheirs
) -> Result:
    owner = _only_possible_owner(context, owners)
    if owner is None:
        return context, None
    return routing.route(interpret_as(context, context.inbound, owner), owner)


def _answers_own_question(context: ReplyContext, owners: Sequence[PhoneOwner]) -> PhoneOwner | None:
    """The person whose question with numbered answers this text answers, if there is exactly one
    such question.
    """
    asked: list[uuid.UUID | None] = []
    if read_check(context.body) is not None:
        asked += [owner.person.id for owner in number_check.pending(context.session, owners)]
    for question in open_questions.open_for(
        context.session, context.number, context.received_at, QuestionKind.WHICH
    ):
        if read_choice(context.body, len(question.options["appointments"])) is not None:
            asked.append(question.person_id)
    asked += [owner.person.id for owner in owners if rebooking_choices.picks_time(context, owner)]
    asked_check_ins = open_check_ins.owners_asked(
        context.session, owners, context.number, context.body, context.received_at
    )
    asked += [owner.person.id for owner in asked_check_ins]
    if len(asked) != 1:
        return None
    return next((owner for owner in owners if owner.person.id == asked[0]), None)


def _only_possible_owner(context: ReplyContext, owners: Sequence[PhoneOwner]) -> PhoneOwner | None:
    """For a text about an appointment: the only person with appointments, if they were asked about
    one.
    """
    kind = KIND_OF.get(context.interpretation.intent)
    if kind is None or not context.interpretation.acts:
        return None
    with_appointments = [
        owner
        for owner in owners
        if appointment_match.upcoming(context.session, owner.person.id, context.received_at, 1)
        or appointment_match.current(
            context.session, owner.person.id, context.received_at, IntentKind.LATE
        )
        or appointment_match.current(
            context.session, owner.person.id, context.received_at, IntentKind.HERE
        )
    ]
    if len(with_appointments) != 1:
        return None
    owner = with_appointments[0]
    candidates = appointment_match.candidates(
        context.session, owner.person.id, context.number, context.received_at, kind
    )
    return owner if candidates else None


def _ask(context: ReplyContext, owners: Sequence[PhoneOwner]) -> Handled:
    if not _names_differ(owners):
        return _leave_to_coordinator(
            context, owners, "Several people with one name have this number"
        )
    if not answers.send_neutral(context, TextKind.WHO, language_of(owners)):
        return _leave_to_coordinator(context, owners, "Several people have this number")
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
    """Let the text wait with those before it. While the question is open it is not asked again."""
    question.options = {
        **question.options,
        "inbounds": [*question.options["inbounds"], context.inbound.id],
    }
    return Handled("Waits for the name of the person who is writing", acted=False)


def _handle_waiting_texts(
    context: ReplyContext, owner: PhoneOwner, question: Question, interpret_as: InterpretAsTheirs
) -> Handled:
    """Handle the texts that waited as this person's, in order. Only the last one is answered."""
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
        waiting = replace(
            interpret_as(context, inbounds[id], owner).with_evidence(context.inbound.id),
            answer_to=context.inbound,
            record_id=record.id,
            quiet=id != ids[-1],
        )
        handled_context, handled = routing.route(waiting, owner)
        _record_as_theirs(record, handled_context, handled, owner)
    return Handled("Gave their name", person_id=owner.person.id, intent=Intent.OTHER)


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


def _person_named(context: ReplyContext, owners: Sequence[PhoneOwner]) -> PhoneOwner | None:
    """The person who gives their name, by the whole text or by the name found in it; None unless
    exactly one fits.
    """
    names = [_names(owner) for owner in owners]
    index = read_name(context.body, names)
    if index is None and context.interpretation.name and context.prompt is Prompt.WHO:
        index = read_name(context.interpretation.name, names)
    return None if index is None else owners[index]


def _names_differ(owners: Sequence[PhoneOwner]) -> bool:
    """Whether no two people have a first name in common."""
    names = [{plain_words(name) for name in _names(owner)} for owner in owners]
    return all(one.isdisjoint(other) for one, other in combinations(names, 2))


def _names(owner: PhoneOwner) -> list[str]:
    person = owner.person
    return [name for name in (person.first_name, person.preferred_name) if name]


def _leave_to_coordinator(context: ReplyContext, owners: Sequence[PhoneOwner], why: str) -> Handled:
    """Tell each offender manager that a text came. Only a coordinator reads its words, because they
    may be another person's.
    """
    if any(owner.scope is not AnswerScope.SILENT for owner in owners):
        answers.send_neutral(context, TextKind.NOT_SURE_UNNAMED, language_of(owners))
    signal_all(context.session, owners, context.evidence, context.now)
    return Handled(f"{why}; for a coordinator to read", needs_human=True, acted=False)


def signal_all(
    session: Session, owners: Sequence[PhoneOwner], evidence: Sequence[Evidence], now: datetime
) -> None:
    """Tell the offender manager of each owner that a text came from the shared phone."""
    for owner in owners:
        raise_signal(
            session,
            SignalKind.REPLY_UNREAD,
            owner.person,
            about="shared",
            why="A text came from a phone that several people have. A coordinator can read it and"
            " find out whose it is.",
            evidence=evidence,
            now=now,
            due_at=next_working_day(session, owner.person, now),
        )
