"""One text from a phone while it is being answered, and what came of it."""

import uuid
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from engage.signals import Evidence
from engage.understanding.joining import How
from engage.understanding.vocabulary import Intent, Prompt
from engage.understanding.vocabulary import Interpretation as Heard
from messaging.tables import Inbound


@dataclass(frozen=True)
class Burst:
    """The texts just before one that it goes on from, by their ids, oldest first, and how it was
    read in their light.
    """

    before: tuple[int, ...] = ()
    how: How = How.ALONE


@dataclass
class ReplyContext:
    """An inbound text in hand.

    `answers_to` is the text that an answer belongs to: another one than `inbound` when an earlier
    text gets its owner later. A `quiet` turn gives no answer. The `first` text of a number has none
    before it lately. `limited` is set when an answer was due and the limits on automatic answers
    held it back. `words` are what is left of a text when what only takes an earlier word back is
    left out, and `only` the appointments that the earlier word was about.
    """

    session: Session
    inbound: Inbound
    now: datetime
    heard: Heard
    prompt: Prompt
    answers_to: Inbound
    reading_id: uuid.UUID
    quiet: bool = False
    limited: bool = False
    also: list[Evidence] = field(default_factory=list)
    burst: Burst = Burst()
    first: bool = False
    words: str | None = None
    only: frozenset[uuid.UUID] = frozenset()
    notes: list[str] = field(default_factory=list)
    passed_over: bool = False

    @property
    def number(self) -> str:
        """Where it came from."""
        return self.inbound.from_number

    @property
    def body(self) -> str:
        """What it says."""
        return self.inbound.body if self.words is None else self.words

    @property
    def heard_at(self) -> datetime:
        """When it came; it may be handled later."""
        return self.inbound.received_at

    @property
    def evidence(self) -> list[Evidence]:
        """The texts behind whatever follows, each once: this one, and those that led to it."""
        return list(dict.fromkeys([Evidence("inbound", str(self.inbound.id)), *self.also]))


@dataclass(frozen=True)
class Handled:
    """What came of a text, in words that the thread shows; `needs_human` when somebody must still
    read it.

    An `alarming` one tells of danger and is nobody's, so that no signal can say it: whoever is on
    call is told of the text itself.
    """

    words: str
    needs_human: bool = False
    person_id: uuid.UUID | None = None
    appointment_id: uuid.UUID | None = None
    intent: Intent | None = None
    acted: bool = True
    alarming: bool = False


@dataclass(frozen=True)
class PendingQuestion:
    """A question of ours, other than about an appointment to come, that waits for an answer: what
    it asks and when it left.

    A `settled` one has its answer, which a later text may still put right: whatever waits for one
    comes before it.
    """

    prompt: Prompt
    at: datetime
    settled: bool = False
