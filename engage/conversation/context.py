"""One inbound text while it is handled: what is known about it, and what was done.

A context never changes: a step that learns more returns a new one. The only exception is `effects`,
which only the limits on answers change.
"""

import uuid
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy.orm import Session

from engage.signals import Evidence
from engage.understanding.joining import JoinMode
from engage.understanding.vocabulary import Intent, Interpretation, Prompt
from messaging.tables import Inbound


@dataclass(frozen=True)
class Burst:
    """The ids of the texts just before this one that it continues, oldest first, and how they were
    interpreted together.
    """

    earlier: tuple[int, ...] = ()
    mode: JoinMode = JoinMode.ALONE


@dataclass
class Effects:
    """What happened while a text was handled that its record must show."""

    answer_limited: bool = False
    """An answer was due, and the limits on automatic answers kept it back."""


@dataclass(frozen=True)
class ReplyContext:
    """An inbound text and how it is understood so far.

    `record_id` is the id of its future reply record. `answer_to` is the text that an answer belongs
    to: a later one than `inbound` when an earlier text from a shared phone gets its owner. A
    `quiet` text gets no answer. `first`: no other text came from the number recently.
    `other_reader`: the text shows that another person reads the phone. `may_be_blocked`: the
    provider may have blocked the number because of this text. `written` are the writer's own
    words, if the text also quotes. `remainder` are the words without "sorry, meant" and the like,
    and `only_about` are the appointments that the retracted text was about. `notes` come before the
    outcome in the thread.
    """

    session: Session
    inbound: Inbound
    now: datetime
    interpretation: Interpretation
    prompt: Prompt
    answer_to: Inbound
    record_id: uuid.UUID
    quiet: bool = False
    earlier_evidence: tuple[Evidence, ...] = ()
    burst: Burst = Burst()
    first: bool = False
    other_reader: bool = False
    may_be_blocked: bool = False
    written: str | None = None
    remainder: str | None = None
    only_about: frozenset[uuid.UUID] = frozenset()
    notes: tuple[str, ...] = ()
    effects: Effects = field(default_factory=Effects)

    @property
    def number(self) -> str:
        """The number that the text came from."""
        return self.inbound.from_number

    @property
    def body(self) -> str:
        """The words to interpret."""
        if self.remainder is not None:
            return self.remainder
        return self.inbound.body if self.written is None else self.written

    @property
    def received_at(self) -> datetime:
        """When the text came in. It may be handled later."""
        return self.inbound.received_at

    @property
    def evidence(self) -> list[Evidence]:
        """The texts that the outcome rests on, each once: this one, then earlier ones."""
        own = Evidence("inbound", str(self.inbound.id))
        return list(dict.fromkeys([own, *self.earlier_evidence]))

    def with_evidence(self, inbound_id: int) -> "ReplyContext":
        """The same, with one more text as evidence."""
        more = Evidence("inbound", str(inbound_id))
        return replace(self, earlier_evidence=(*self.earlier_evidence, more))

    def with_note(self, note: str) -> "ReplyContext":
        """The same, with a note for the thread."""
        return replace(self, notes=(*self.notes, note))


@dataclass(frozen=True)
class Handled:
    """The outcome of a text, in `words` that the thread shows.

    `needs_human`: a worker must still read it. `acted`: Engage acted on what it understood.
    `alarming`: the text reports danger and its number belongs to nobody, so there is no person for
    a signal and staff on call are told about the text itself. `passed_over`: it was not
    interpreted, because too many texts came from the number.
    """

    words: str
    needs_human: bool = False
    person_id: uuid.UUID | None = None
    appointment_id: uuid.UUID | None = None
    intent: Intent | None = None
    acted: bool = True
    alarming: bool = False
    passed_over: bool = False

    def with_words(self, more: str) -> "Handled":
        """The same, with more words at the end, if there are any."""
        return replace(self, words=f"{self.words}; {more}") if more else self


@dataclass(frozen=True)
class PendingQuestion:
    """A question that awaits an answer, other than one about a coming appointment, and when it was
    sent.

    A `settled` question is answered, but the answer may still be corrected. Questions without an
    answer come first.
    """

    prompt: Prompt
    at: datetime
    settled: bool = False
