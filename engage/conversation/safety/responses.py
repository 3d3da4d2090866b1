"""What follows from each kind of danger: the signal, its deadline, who is told, and the text to the
person (docs/signals.md). A table, no logic.
"""

from dataclasses import dataclass
from datetime import timedelta

from engage.agencies.help_line_kinds import HelpLine
from engage.signals import SignalKind
from engage.texts import TextKind
from engage.understanding.safety.kinds import DangerKind


@dataclass(frozen=True)
class DangerResponse:
    """What follows from one kind of danger.

    `due_minutes` is by when a worker must act, and the longest wait before the next one is told.
    `tells` says who is told, and `on_call_at_once` that those on call are told together with an
    offender manager who is at work. `advice` is the text to the person, None for no text.
    `advice_with_line` names the hub's own `line` instead, once the hub has checked it. `pauses`:
    texts that they did not ask for wait.
    """

    signal: SignalKind
    why: str
    action: str
    due_minutes: int
    tells: str
    on_call_at_once: bool = False
    advice: TextKind | None = None
    advice_with_line: TextKind | None = None
    line: HelpLine | None = None
    pauses: bool = True

    @property
    def due_within(self) -> timedelta:
        """How long staff have."""
        return timedelta(minutes=self.due_minutes)


MANAGER_THEN_ON_CALL = "offender manager in working hours, else and next on call"
BOTH_AT_ONCE = "offender manager in working hours and on call at once"

RESPONSES: dict[DangerKind, DangerResponse] = {
    DangerKind.OVERDOSE_OR_INJURY: DangerResponse(
        SignalKind.CRISIS,
        "A text suggests an overdose or injury now.",
        "Ring 999 for their address now, then ring them and stay on the line.",
        5,
        BOTH_AT_ONCE,
        on_call_at_once=True,
        advice=TextKind.SAFETY_INJURY,
    ),
    DangerKind.WISHES_TO_DIE: DangerResponse(
        SignalKind.CRISIS,
        "A text suggests that they wish to die.",
        "Ring now and follow the welfare procedure.",
        15,
        MANAGER_THEN_ON_CALL,
        advice=TextKind.SAFETY_LIFE,
        advice_with_line=TextKind.SAFETY_LIFE_LINE,
        line=HelpLine.CRISIS_TEAM,
    ),
    DangerKind.VIOLENCE: DangerResponse(
        SignalKind.CRISIS,
        "A text suggests that somebody hurts or threatens them, or soon may.",
        "Ring when it is safe for them to talk. Ring the police if they are at risk now.",
        15,
        MANAGER_THEN_ON_CALL,
        advice=TextKind.SAFETY_VIOLENCE,
        advice_with_line=TextKind.SAFETY_VIOLENCE_LINE,
        line=HelpLine.DOMESTIC_ABUSE,
    ),
    DangerKind.CHILD_AT_RISK: DangerResponse(
        SignalKind.HARM_TO_OTHERS,
        "A text suggests that a child is at risk.",
        "Ring children's services now; ring the police if the child is at risk now.",
        15,
        MANAGER_THEN_ON_CALL,
        advice=TextKind.SAFETY_CHILD,
        advice_with_line=TextKind.SAFETY_CHILD_LINE,
        line=HelpLine.CHILDREN,
    ),
    DangerKind.THREATS_TO_OTHERS: DangerResponse(
        SignalKind.HARM_TO_OTHERS,
        "A text suggests that they may be a danger to somebody, or reports harm to somebody.",
        "Follow safeguarding; ring the police if a person is at risk now.",
        15,
        MANAGER_THEN_ON_CALL,
        pauses=False,
    ),
    DangerKind.NOWHERE_TO_SLEEP: DangerResponse(
        SignalKind.CRISIS,
        "A text suggests that they have nowhere to sleep tonight.",
        "Ring, and find a bed for tonight with the council's housing line.",
        60,
        MANAGER_THEN_ON_CALL,
        advice=TextKind.SAFETY_BED,
        advice_with_line=TextKind.SAFETY_BED_LINE,
        line=HelpLine.HOUSING,
    ),
    DangerKind.UNCLEAR: DangerResponse(
        SignalKind.CRISIS,
        "A text suggests that they may be in danger.",
        "Ring now and follow the welfare procedure.",
        15,
        MANAGER_THEN_ON_CALL,
        advice=TextKind.CRISIS,
        advice_with_line=TextKind.CRISIS_LINE,
        line=HelpLine.ON_CALL,
    ),
}
