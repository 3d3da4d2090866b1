"""News that a text tells: kept with its kind and fact, thanked for in the light of what it is, and
told to whoever can help.

Nothing that is told here has a consequence for the person. A lapse is answered with support, in
words from which a stranger learns nothing. What nobody but a human can tell good from hard goes to
a human.
"""

from dataclasses import replace

from engage.conversation import answers
from engage.conversation.context import Handled, ReplyContext
from engage.conversation.handlers import MeaningHandler, attendance
from engage.conversation.phone_owner import PhoneOwner
from engage.conversation.signals import raise_signal
from engage.progress import rules, service
from engage.progress.kinds import ReportFact, ReportKind
from engage.signals import SignalKind
from engage.texts import TextKind
from engage.understanding.vocabulary import Fact, Intent

KINDS = {
    Intent.PROGRESS_HOUSING: ReportKind.HOUSING,
    Intent.PROGRESS_COURSE: ReportKind.COURSE,
    Intent.PROGRESS_GROUP: ReportKind.GROUP,
    Intent.PROGRESS_WORK: ReportKind.WORK,
    Intent.PROGRESS_HEALTH: ReportKind.HEALTH,
    Intent.LAPSE: ReportKind.LAPSE,
}
FACTS = {fact: ReportFact(fact.value) for fact in Fact}
_WHY = {
    SignalKind.HOUSING_LOSS: "They say by text that they have lost, or are losing, where they live.",
    SignalKind.WORK_LOSS: "They say by text that they have lost their work.",
    SignalKind.LAPSE_TOLD: "They told of a lapse by text. They were thanked for telling; nothing else was done.",
}
_WORDS = {
    ReportKind.HOUSING: "news about housing",
    ReportKind.COURSE: "news about a course",
    ReportKind.GROUP: "news about a group",
    ReportKind.WORK: "news about work",
    ReportKind.HEALTH: "news about health",
    ReportKind.LAPSE: "a lapse",
}


def told(context: ReplyContext, owner: PhoneOwner) -> Handled:
    """Keep the news, thank for it, and record what the text says of coming beside it."""
    kinds = _kept(context, owner)
    if not kinds:
        return attendance.unsure(context, owner, "News that is not clear enough to keep")
    answer = _answer(context, kinds)
    answers.personal(context, answer, owner)
    done = Handled(
        f"Kept: {_listed(kinds)}",
        needs_human=answer is TextKind.NEWS,
        person_id=owner.person.id,
        intent=context.interpretation.intent,
    )
    return attendance.and_beside(done, attendance.beside(context, owner))


def beside(context: ReplyContext, owner: PhoneOwner, done: Handled) -> Handled:
    """What was done about a text, with the news kept that it surely tells beside something
    stronger.
    """
    if context.interpretation.intent in KINDS and context.interpretation.acts:
        return done
    kinds = _kept(context, owner)
    return replace(done, words=f"{done.words}; kept: {_listed(kinds)}") if kinds else done


def _kept(context: ReplyContext, owner: PhoneOwner) -> list[ReportKind]:
    """The kinds of news that the text surely tells, each kept and told to whoever can help."""
    kinds = [kind for intent, kind in KINDS.items() if context.interpretation.surely(intent)]
    for kind in kinds:
        _keep(context, owner, kind)
    return kinds


def _keep(context: ReplyContext, owner: PhoneOwner, kind: ReportKind) -> None:
    fact = _fact(context)
    service.add_from_text(
        context.session,
        owner.person,
        kind,
        fact,
        inbound_id=context.inbound.id,
        said_at=context.received_at,
        now=context.now,
    )
    signal = service.signal_for(kind, rules.fact_for(kind, fact))
    if signal is not None:
        raise_signal(
            context.session,
            signal,
            owner.person,
            about=service.SIGNAL_CAUSE,
            why=_WHY[signal],
            evidence=context.evidence,
            now=context.now,
        )


def _answer(context: ReplyContext, kinds: list[ReportKind]) -> TextKind:
    """Support first; then what is hard; good only where all of it is known to be."""
    if ReportKind.LAPSE in kinds:
        return TextKind.LAPSE
    fact = _fact(context)
    if fact in rules.LOSSES:
        return TextKind.HARD_NEWS
    known = len(kinds) == 1 and rules.fact_for(kinds[0], fact) is not None
    return TextKind.GOOD_NEWS if known and fact in rules.GOOD else TextKind.NEWS


def _fact(context: ReplyContext) -> ReportFact | None:
    return FACTS[context.interpretation.fact] if context.interpretation.fact is not None else None


def _listed(kinds: list[ReportKind]) -> str:
    return " and ".join(_WORDS[kind] for kind in kinds)


HANDLES = {
    Intent.PROGRESS_HOUSING: MeaningHandler(
        told, raises=SignalKind.HOUSING_LOSS, on_correction=True
    ),
    Intent.PROGRESS_COURSE: MeaningHandler(told, on_correction=True),
    Intent.PROGRESS_GROUP: MeaningHandler(told, on_correction=True),
    Intent.PROGRESS_WORK: MeaningHandler(told, raises=SignalKind.WORK_LOSS, on_correction=True),
    Intent.PROGRESS_HEALTH: MeaningHandler(told, on_correction=True),
    Intent.LAPSE: MeaningHandler(told, raises=SignalKind.LAPSE_TOLD, on_correction=True),
}
