"""What was found for one topic of a question: the text that answers it, or why there is none."""

from dataclasses import dataclass

from engage.appointments.model import Appointment
from engage.texts import TextKind


@dataclass(frozen=True)
class TopicAnswer:
    """The text that answers a topic. `words` say in the thread what was sent, `about` is the
    appointment that it speaks of, and `left` is what a worker must still say.
    """

    kind: TextKind
    body: str
    words: str
    about: Appointment | None = None
    left: str = ""


@dataclass(frozen=True)
class NoAnswer:
    """Why neither the record nor the hub has a certain answer."""

    why: str
