"""Interprets a text that known questions cover, alone or beside what phrases decide: "yes il be
there, is there parking". Pure.
"""

from engage.understanding import extract_times
from engage.understanding.decisions import STRENGTH, Decision, decide
from engage.understanding.language.matching import match_whole
from engage.understanding.language.means import Means
from engage.understanding.language.normalise import NormalisedText, normalise
from engage.understanding.language.phrases import table
from engage.understanding.questions.matcher import QuestionsFound
from engage.understanding.vocabulary import Act, Basis, Intent, Interpretation, Prompt

CONFIDENCE = 0.97
_BESIDE = frozenset(
    {Intent.CONFIRM, Intent.RUNNING_LATE, Intent.ARRIVED, Intent.CALL_ME, Intent.THANKS}
)
"""What phrases may decide beside a question. A no is not among them: "or no" ends questions."""
_YES = frozenset({Means.YES, Means.WILL, Means.SEE_YOU})


def interpret_questions(
    asked: QuestionsFound, text: NormalisedText, prompt: Prompt, language: str
) -> Interpretation | None:
    """The interpretation of a text in which these questions were found; None if it says anything
    else that phrases do not decide.
    """
    if not asked.topics:
        return None
    beside = _decide_beside(asked.rest, prompt, language)
    if beside is None and not asked.covers_all:
        return None
    others = {*beside.intents} - {Intent.THANKS} if beside else set()
    intents = tuple(sorted({Intent.QUESTION, *others}, key=lambda intent: STRENGTH[intent]))
    days = extract_times.days(text.line)
    return Interpretation(
        intent=intents[0],
        confidence=CONFIDENCE,
        act=Act.ACT,
        intents=intents,
        value=beside.value if beside else None,
        day=days[0] if len(days) == 1 else None,
        topic=asked.topics[0],
        other_topics=asked.topics[1:],
        evidence=(" ".join(text.typed),),
        sure=frozenset(intents),
        basis=Basis.RULE,
    )


def _decide_beside(words: str, prompt: Prompt, language: str) -> Decision | None:
    """What the words beside a question mean, if phrases cover them. An ok may be small talk there,
    so it is no yes.
    """
    normalised = normalise(words)
    kept = [word for word in normalised.words if word not in ("please", "kiss")]
    known = table("cy" if language == "cy" else "en", scale=prompt is Prompt.CHECKIN)
    matches = match_whole(kept, known.phrases, known.longest) if kept else None
    phrases = [match.phrase for match in matches or ()]
    if not phrases:
        return None
    decision = decide(phrases, prompt, has_question_mark=normalised.has_question_mark)
    if decision is None or not _BESIDE.issuperset(decision.intents):
        return None
    says_yes = not _YES.isdisjoint(phrase.means for phrase in phrases)
    return decision if says_yes or Intent.CONFIRM not in decision.intents else None
