"""News in a text: stored with its kind and fact, answered according to what it is, and reported to
the offender manager if they can help.

News must never have a consequence for the person. A lapse is answered with support, in words that
reveal nothing to a stranger. If only a person can judge whether news is good or bad, a worker reads
it.
"""

from engage.conversation import answers
from engage.conversation.context import Handled, ReplyContext
from engage.conversation.handlers import MeaningHandler, attendance
from engage.conversation.outcomes import leave_to_worker
from engage.conversation.phone_owner import PhoneOwner
from engage.conversation.signals import raise_signal
from engage.progress import rules, service
from engage.progress.kinds import ReportFact, ReportKind
from engage.signals import SignalKind
from engage.texts import TextKind
from engage.understanding.vocabulary import Fact, Intent

REPORT_KINDS = {
    Intent.PROGRESS_HOUSING: ReportKind.HOUSING,
    Intent.PROGRESS_COURSE: ReportKind.COURSE,
    Intent.PROGRESS_GROUP: ReportKind.GROUP,
    Intent.PROGRESS_WORK: ReportKind.WORK,
    Intent.PROGRESS_HEALTH: ReportKind.HEALTH,
    Intent.LAPSE: ReportKind.LAPSE,
}
FACTS = {fact: ReportFact(fact.value) for fact in Fact}
_WHY = {
    SignalKind.HOUSING_LOSS: "They said by text that they have lost, or are losing, their home.",
    SignalKind.WORK_LOSS: "They said by text that they have lost their job.",
    SignalKind.LAPSE_TOLD: (
        "They reported a lapse by text. They were thanked for saying so; nothing else was done."
    ),
}
_WORDS = {
    ReportKind.HOUSING: "news about housing",
    ReportKind.COURSE: "news about a course",
    ReportKind.GROUP: "news about a group",
    ReportKind.WORK: "news about work",
    ReportKind.HEALTH: "news about health",
    ReportKind.LAPSE: "a lapse",
}


def record_news(context: ReplyContext, owner: PhoneOwner) -> Handled:
    """Store the news and answer it. Also records a yes or a no beside it."""
    kinds = _sure_kinds(context)
    if not kinds:
        return leave_to_worker(context, owner, "News that is not clear enough to record")
    _store(context, owner, kinds)
    answer = _answer(context, kinds)
    answers.send_personal(context, answer, owner)
    handled = Handled(
        f"Recorded: {_listed(kinds)}",
        needs_human=answer is TextKind.NEWS,
        person_id=owner.person.id,
        intent=context.interpretation.intent,
    )
    return attendance.with_side_answer(handled, attendance.record_beside(context, owner))


def record_beside(context: ReplyContext, owner: PhoneOwner) -> str:
    """Store news that surely stands beside a stronger meaning. Returns words for the thread, if
    something was stored.
    """
    if context.interpretation.intent in REPORT_KINDS and context.interpretation.acts:
        return ""
    kinds = _sure_kinds(context)
    _store(context, owner, kinds)
    return f"recorded: {_listed(kinds)}" if kinds else ""


def _sure_kinds(context: ReplyContext) -> list[ReportKind]:
    return [kind for intent, kind in REPORT_KINDS.items() if context.interpretation.surely(intent)]


def _store(context: ReplyContext, owner: PhoneOwner, kinds: list[ReportKind]) -> None:
    """Store a report of each kind, and raise the signal that it calls for."""
    fact = _fact(context)
    for kind in kinds:
        service.add_from_text(
            context.session,
            owner.person,
            kind,
            fact,
            inbound_id=context.inbound.id,
            said_at=context.received_at,
            now=context.now,
        )
        signal_kind = service.signal_for(kind, rules.fact_for(kind, fact))
        if signal_kind is not None:
            raise_signal(
                context.session,
                signal_kind,
                owner.person,
                about=service.SIGNAL_CAUSE,
                why=_WHY[signal_kind],
                evidence=context.evidence,
                now=context.now,
            )


def _answer(context: ReplyContext, kinds: list[ReportKind]) -> TextKind:
    """Support for a lapse comes first, then words for a loss. Praise needs news that is known to be
    good.
    """
    if ReportKind.LAPSE in kinds:
        return TextKind.LAPSE
    fact = _fact(context)
    if fact in rules.LOSSES:
        return TextKind.HARD_NEWS
    is_known = len(kinds) == 1 and rules.fact_for(kinds[0], fact) is not None
    return TextKind.GOOD_NEWS if is_known and fact in rules.GOOD else TextKind.NEWS


def _fact(context: ReplyContext) -> ReportFact | None:
    fact = context.interpretation.fact
    return None if fact is None else FACTS[fact]


def _listed(kinds: list[ReportKind]) -> str:
    return " and ".join(_WORDS[kind] for kind in kinds)


HANDLES = {
    Intent.PROGRESS_HOUSING: MeaningHandler(
        record_news, raises=SignalKind.HOUSING_LOSS, on_correction=True
    ),
    Intent.PROGRESS_COURSE: MeaningHandler(record_news, on_correction=True),
    Intent.PROGRESS_GROUP: MeaningHandler(record_news, on_correction=True),
    Intent.PROGRESS_WORK: MeaningHandler(
        record_news, raises=SignalKind.WORK_LOSS, on_correction=True
    ),
    Intent.PROGRESS_HEALTH: MeaningHandler(record_news, on_correction=True),
    Intent.LAPSE: MeaningHandler(record_news, raises=SignalKind.LAPSE_TOLD, on_correction=True),
}
