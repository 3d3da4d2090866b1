"""Interprets one text: what the person means, and whether that is sure enough to act on.

Pure: no database, no clock, no network. The order decides:

1. Danger. Rules look for it in every text, then the classifier; a dangerous text always goes to a
   human.
2. Phrases. If known phrases cover the whole text, a table of cases decides (decisions.py). Phrases
   that contradict each other decide nothing.
3. Questions. If questions that are known (questions/) cover the whole text, alone or beside such
   phrases, it asks about their topics.
4. The classifier. It was trained on the corpus, and Engage acts on its result only if such results
   are right at least 97 times in 100. Vetoes hold back what must never be got wrong (vetoes.py).

A refusal must never be taken for a yes: anything that could be one holds back a yes.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from engage.understanding import clause_meanings, details, extract_times, vetoes
from engage.understanding.classifier.clauses import clauses
from engage.understanding.consequences import denial_asked_back, of_quotation, weighed
from engage.understanding.decisions import STRENGTH, Decision, decide
from engage.understanding.known import explicit, whole_text
from engage.understanding.language.matching import PhraseMatch
from engage.understanding.language.means import Means
from engage.understanding.language.normalise import NormalisedText
from engage.understanding.prepared import PreparedText, prepare
from engage.understanding.questions.interpretation import interpret_questions
from engage.understanding.questions.matcher import QuestionsFound, find_questions
from engage.understanding.safety import find_danger, hospital, net
from engage.understanding.safety.danger_kind import kinds_of_danger
from engage.understanding.speaker.quotes import own_words
from engage.understanding.speaker.who import speaker_of
from engage.understanding.vocabulary import (
    Act,
    Basis,
    Cause,
    Fact,
    Intent,
    Interpretation,
    Prompt,
    QuestionTopic,
)

if TYPE_CHECKING:
    from engage.understanding.classifier.predict import Classifier, IntentProbabilities

__all__ = [
    "Act",
    "Cause",
    "Fact",
    "Intent",
    "Interpretation",
    "Prompt",
    "QuestionTopic",
    "interpret",
]

SURE, FAIRLY_SURE, DANGER_RULE_CONFIDENCE = 0.99, 0.97, 0.9
"""The confidence of a text that is one phrase, that is several, and of danger found by rule."""
ACT_THRESHOLD, UNPROMPTED_ACT_THRESHOLD = 0.7, 0.8
"""The probability from which the classifier's result is acted on, after a question of ours and
without one. On writers that the classifier has not seen, 97 in 100 such results are right
(docs/understanding.md).
"""
YES_THRESHOLD, BRIEF_YES_THRESHOLD = 0.8, 0.97
"""The same for a yes, and for a yes of one or two words that no phrase covers."""
DANGER_THRESHOLD = 0.4
"""Danger is reported from this probability. Low on purpose: a human reads every such text."""
LISTED_THRESHOLD = 0.3
"""A meaning of the text, or of one of its clauses, is listed from this probability."""
DESPITE_RULES_THRESHOLD = BRIEF_THRESHOLD = 0.9
ENDS_TEXTS_THRESHOLD, ENDS_TEXTS_LISTED_THRESHOLD = 0.65, 0.15
_BRIEF_WORDS = 2
_DANGER = find_danger.DANGER
_ENDS_TEXTS = (Intent.OPT_OUT, Intent.WRONG_NUMBER)
_IDENTITY_PROMPTS = (Prompt.NUMBER_CHECK, Prompt.WHO)
"""Only rules read the answers to these: a guess could give a phone to the wrong person."""
_PHRASE_FOR = {
    Intent.RESCHEDULE: Means.MOVE,
    Intent.SLOT_CHOICE: Means.DAY,
    Intent.CHECKIN_ANSWER: Means.FEELS,
    Intent.ARRIVED: Means.HERE,
    Intent.CALL_ME: Means.CALL,
    Intent.OPT_OUT: Means.STOP_TEXTS,
}
_ABOUT_ATTENDING = frozenset({Intent.CONFIRM, Intent.DECLINE, Intent.RUNNING_LATE, Intent.ARRIVED})
_HOSPITAL_PROMPTS = (
    Prompt.APPOINTMENT,
    Prompt.TODAY,
    Prompt.ANSWERED,
    Prompt.SPOKEN,
    Prompt.ABSENCE,
    Prompt.NONE,
)
"""After any other question a stay in hospital is no answer."""
_CORPUS_PROMPTS = {
    Prompt.TODAY: Prompt.APPOINTMENT,
    Prompt.ANSWERED: Prompt.APPOINTMENT,
    Prompt.SPOKEN: Prompt.APPOINTMENT,
    Prompt.WHICH: Prompt.APPOINTMENT,
    Prompt.NUMBER_CHECK: Prompt.NONE,
    Prompt.WHO: Prompt.NONE,
}
"""The corpus prompt to use for a prompt that the corpus does not have."""
_UNPROMPTED_TOO = frozenset(_CORPUS_PROMPTS) - {Prompt.TODAY}
"""After one of these the text must mean the same without any question. On the day it answers the
reminder of that day.
"""
_SURE_ABOUT_ATTENDING = 0.9
_SPEAKS_OF_ATTENDING = re.compile(
    r"\b(?:come|coming|comin|cum|there|attend|attending|make it|see (?:you|him|her)|cant|wont|"
    r"late|dod|ddod|dwad|yna|yno|gweld|methu|hwyr)\b"
)


def interpret(
    text: str,
    prompt: Prompt | str,
    language: str = "en",
    earlier: Sequence[str] = (),
    ours: Sequence[str] = (),
    names: Sequence[str] = (),
) -> Interpretation:
    """Interpret `text`, sent in answer to `prompt` by a person who gets texts in `language` (`en`
    or `cy`).

    Texts `earlier` in the same burst, oldest first, are interpreted with it as one text. `ours` are
    texts sent to the number lately: copies of them are not read as the writer's words. `names` are
    the first names of those who have the phone. Raises ValueError for an unknown prompt, and never
    for a text. Linear in the length of the text.
    """
    # Imported with the first text, so that a process that interprets none does not load numpy.
    from engage.understanding.classifier.predict import classifier

    written = own_words(text, ours)
    if written.is_quote and not written.words:
        return of_quotation(written)
    before = [own_words(one, ours).words for one in earlier]
    body = " ".join((*before, written.words))
    return interpret_with(classifier(), body, Prompt(prompt), language, names)


def interpret_with(
    classifier: "Classifier",
    body: str,
    prompt: Prompt,
    language: str = "en",
    names: Sequence[str] = (),
) -> Interpretation:
    """As `interpret`, with a given classifier: evaluation trains one without some styles."""
    text = prepare(body, prompt, language)
    likely = classifier.classify(text.body, _CORPUS_PROMPTS.get(text.prompt, text.prompt))
    decision = None
    if text.matches:
        decision = decide(
            text.phrases, text.prompt, has_question_mark=text.normalised.has_question_mark
        )
    speaker = speaker_of(body, text.line, names)
    known = whole_text.read(body, text.line, text.prompt, names)
    asked = find_questions(body, language) if prompt not in _IDENTITY_PROMPTS else QuestionsFound()
    # What is only asked about, or left to a worker, never hides danger.
    is_known = decision is not None or asked.covers_all or (known is not None and known.acts)
    probability = find_danger.probability(text.line, text.corpus_prompt, likely, classifier)
    danger = find_danger.by_rule(text.line)
    if not danger and not is_known and probability >= DANGER_THRESHOLD:
        danger = find_danger.by_classifier(text.body, likely, classifier)
    if danger:
        found = _as_danger(danger, text, likely, decision)
    elif known is not None:
        found = known
    elif decision is not None and text.matches:
        found = _by_rule(decision, text, text.matches)
    elif text.prompt in _HOSPITAL_PROMPTS and hospital.is_in_hospital(text.line):
        found = _in_hospital(text, classifier)
    else:
        found = interpret_questions(asked, text.normalised, prompt, language) or _by_classifier(
            text, likely, classifier, asked
        )
    meaning = denial_asked_back(weighed(found, speaker, text.line), text.line, names)
    if meaning.dangers or prompt in _IDENTITY_PROMPTS:
        return meaning
    if meaning.asks_back:
        is_guess = meaning.basis is Basis.MODEL and net.is_worrying(text.line, probability)
        return replace(meaning, worrying=is_guess or probability >= net.LIKELY_FROM)
    if asks_who := _asking_who_writes(meaning, text):
        return replace(asks_who, speaker=speaker)
    is_worrying = not meaning.acts and net.is_worrying(text.line, probability)
    return replace(meaning, worrying=is_worrying)


def _asking_who_writes(meaning: Interpretation, text: PreparedText) -> Interpretation | None:
    """The question who writes, if the text asks it and nothing surer was read from it."""
    is_open_question = meaning.intent is Intent.QUESTION and meaning.topic is None
    is_guess_of_end = (
        meaning.intent in _ENDS_TEXTS
        and meaning.basis is Basis.MODEL
        and not explicit.says(meaning.intent, text.line)
    )
    if meaning.acts and not is_open_question and not is_guess_of_end:
        return None
    return whole_text.asking_who_writes(text.line)


def _by_rule(
    decision: Decision, text: PreparedText, matches: Sequence[PhraseMatch]
) -> Interpretation:
    return Interpretation(
        intent=decision.intents[0],
        confidence=SURE if len(matches) == 1 else FAIRLY_SURE,
        act=Act.ACT,
        intents=decision.intents,
        value=decision.value,
        day=decision.day,
        time=details.time_of(decision.intents[0], text.body),
        topic=decision.topic,
        evidence=tuple(" ".join(text.typed[match.start : match.end]) for match in matches),
        sure=frozenset(decision.intents),
        basis=Basis.RULE,
    )


def _as_danger(
    danger: dict[Intent, str],
    text: PreparedText,
    likely: "IntentProbabilities",
    decision: Decision | None,
) -> Interpretation:
    others = decision.intents if decision else _likely_intents(likely)
    intents = _by_strength({*danger, *(set(others) - {Intent.OTHER, Intent.THANKS})})
    is_rule = bool(find_danger.by_rule(text.line))
    return Interpretation(
        intent=intents[0],
        confidence=max(DANGER_RULE_CONFIDENCE if is_rule else 0.0, min(likely.of(*_DANGER), SURE)),
        act=Act.HUMAN,
        intents=intents,
        cause=details.cause_of(Intent.ABSENCE_REASON, text.line),
        evidence=tuple(danger.values()),
        basis=Basis.RULE if is_rule else Basis.MODEL,
        dangers=kinds_of_danger(text.line, danger),
    )


def _in_hospital(text: PreparedText, classifier: "Classifier") -> Interpretation:
    """A stay in hospital: why they were not there, or that they cannot come."""
    is_reason = text.prompt is Prompt.ABSENCE or hospital.is_over(text.line)
    intent = Intent.ABSENCE_REASON if is_reason else Intent.DECLINE
    days = extract_times.days(text.line)
    return Interpretation(
        intent=intent,
        confidence=FAIRLY_SURE,
        act=Act.ACT,
        intents=(intent,),
        day=days[0] if len(days) == 1 and not is_reason else None,
        cause=Cause.ILLNESS,
        evidence=(classifier.evidence(text.body, intent),),
        sure=frozenset({intent}),
        in_hospital=True,
        basis=Basis.RULE,
    )


def _by_classifier(
    text: PreparedText,
    likely: "IntentProbabilities",
    classifier: "Classifier",
    asked: QuestionsFound,
) -> Interpretation:
    if not text.words:
        return Interpretation(Intent.OTHER, SURE, Act.HUMAN, (Intent.OTHER,))
    intent = max((one for one in Intent if one not in _DANGER), key=lambda one: likely.of(one))
    value = details.value_of(intent, text.line)
    days = extract_times.days(text.line)
    is_unprompted = text.prompt is Prompt.NONE
    is_sure = (
        likely.of(intent) >= _threshold(intent, text.normalised, is_unprompted=is_unprompted)
        and (text.matches is None or _despite_rules(intent, text, likely))
        and not _is_held_back(intent, text, likely, classifier)
        and (intent is not Intent.CHECKIN_ANSWER or value is not None)
    )
    weaker = (
        clause_meanings.sure_weaker(intent, text, likely, classifier)
        | clause_meanings.said_plainly(intent, text, likely, classifier)
        if is_sure
        else frozenset()
    )
    if is_sure and clause_meanings.asks_for_call(intent, text, classifier):
        weaker, intent = weaker | {intent}, Intent.CALL_ME
    listed = _likely_intents(likely) - ({Intent.CONFIRM, Intent.DECLINE} if is_sure else set())
    found = _by_strength({intent, *listed, *weaker} - {Intent.OTHER} or {Intent.OTHER})
    return Interpretation(
        intent=intent,
        confidence=min(likely.of(intent), SURE),
        act=Act.ACT if is_sure else Act.HUMAN,
        intents=(intent, *(one for one in found if one is not intent)),
        value=value,
        day=days[0] if len(days) == 1 else None,
        time=details.time_of(intent, text.body),
        cause=details.cause_of(intent, text.line),
        fact=details.first_fact((intent, *weaker), text.line),
        travel=details.travel_of(intent, text.line),
        topic=next(iter(asked.topics), None) or details.topic_of(intent, text.line),
        other_topics=asked.topics[1:],
        asks_more=bool(asked.topics),
        evidence=(classifier.evidence(text.body, intent),) if intent is not Intent.OTHER else (),
        sure=frozenset({intent, *weaker}) if is_sure else frozenset(),
    )


def _threshold(intent: Intent, normalised: NormalisedText, *, is_unprompted: bool) -> float:
    """The probability from which the classifier's intent is acted on."""
    is_brief = len(normalised.words) <= _BRIEF_WORDS
    if intent is Intent.CONFIRM:
        return BRIEF_YES_THRESHOLD if is_brief else YES_THRESHOLD
    if is_brief:
        return BRIEF_THRESHOLD
    if intent in _ENDS_TEXTS:
        return ENDS_TEXTS_THRESHOLD
    return UNPROMPTED_ACT_THRESHOLD if is_unprompted else ACT_THRESHOLD


def _despite_rules(intent: Intent, text: PreparedText, likely: "IntentProbabilities") -> bool:
    """Whether the classifier may decide a text that phrases cover without deciding it.

    Never for a yes or a no. For others one of the phrases must say the likeliest meaning plainly.
    """
    phrase = _PHRASE_FOR.get(intent)
    has_both = {Means.NUMBER, Means.FEELS} <= text.meanings
    return phrase in text.meanings and not has_both and likely.of(intent) >= DESPITE_RULES_THRESHOLD


def _is_held_back(
    intent: Intent, text: PreparedText, likely: "IntentProbabilities", classifier: "Classifier"
) -> bool:
    """Whether a likely meaning must not be acted on."""
    if intent in clause_meanings.NEVER_ACTED_ON:
        return True
    if vetoes.is_vetoed(intent, text.normalised, text.language):
        return True
    if text.prompt in _IDENTITY_PROMPTS and (
        intent not in _ENDS_TEXTS or Means.YES in text.meanings
    ):
        return True
    if text.prompt in _UNPROMPTED_TOO and not (
        _speaks_of_attending(intent, text, likely) or _means_it_unprompted(intent, text, classifier)
    ):
        return True
    if intent in _ABOUT_ATTENDING and len(extract_times.days(text.line)) > 1:
        return True
    if intent is not Intent.CONFIRM:
        return False
    return clause_meanings.may_refuse(text, likely) or any(
        classifier.classify(part, text.corpus_prompt).of(*clause_meanings.REFUSALS)
        > LISTED_THRESHOLD
        for part in clauses(text.body)
    )


def _speaks_of_attending(intent: Intent, text: PreparedText, likely: "IntentProbabilities") -> bool:
    """Whether the text, after they answered once already, plainly speaks of coming or not."""
    if text.prompt not in (Prompt.ANSWERED, Prompt.SPOKEN):
        return False
    if intent in (Intent.RESCHEDULE, Intent.QUESTION):
        return likely.of(intent) >= _SURE_ABOUT_ATTENDING
    return (
        intent in _ABOUT_ATTENDING
        and len(text.words) > _BRIEF_WORDS
        and likely.of(intent) >= _SURE_ABOUT_ATTENDING
        and bool(_SPEAKS_OF_ATTENDING.search(text.line) or extract_times.days(text.line))
    )


def _means_it_unprompted(intent: Intent, text: PreparedText, classifier: "Classifier") -> bool:
    """Whether the text means the same if nothing was asked."""
    unprompted = classifier.classify(text.body, Prompt.NONE)
    threshold = _threshold(intent, text.normalised, is_unprompted=False)
    return unprompted.likeliest is intent and unprompted.of(intent) >= threshold


def _likely_intents(likely: "IntentProbabilities") -> set[Intent]:
    return {
        intent
        for intent in Intent
        if intent not in _DANGER
        and likely.of(intent)
        >= (ENDS_TEXTS_LISTED_THRESHOLD if intent in _ENDS_TEXTS else LISTED_THRESHOLD)
    }


def _by_strength(intents: set[Intent]) -> tuple[Intent, ...]:
    return tuple(sorted(intents, key=STRENGTH.__getitem__))
