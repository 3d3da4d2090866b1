"""The settings of one simulator. Values only: nothing here reads the environment or the clock."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random


def real_now() -> datetime:
    """The computer's own time, aware, in UTC."""
    return datetime.now(UTC)


class MovableClock:
    """A clock that can be set to another moment and runs on from there."""

    def __init__(self, source: Callable[[], datetime]) -> None:
        self._source = source
        self._ahead = timedelta(0)

    def __call__(self) -> datetime:
        """The present moment."""
        return self._source() + self._ahead

    def put(self, moment: datetime) -> None:
        """Set the clock to this moment."""
        self._ahead = moment - self._source()

    def restore(self) -> None:
        """Return to the clock of the start."""
        self._ahead = timedelta(0)


@dataclass(frozen=True, slots=True)
class Between:
    """A range of seconds, from which a value is drawn evenly."""

    low: float
    high: float

    def __post_init__(self) -> None:
        if not 0 <= self.low <= self.high:
            raise ValueError("a range needs 0 <= low <= high")

    def draw(self, dice: Random) -> float:
        """One value from the range, in seconds."""
        return self.low if self.low == self.high else dice.uniform(self.low, self.high)


AT_ONCE = Between(0, 0)


@dataclass(frozen=True, slots=True)
class Delays:
    """How long a text takes to *reach* each status from the one before, in seconds."""

    queued: Between = AT_ONCE
    sending: Between = Between(0.02, 0.02)
    sent: Between = Between(0.05, 0.05)
    ended: Between = Between(0.2, 0.2)


@dataclass(frozen=True, slots=True)
class OptOutWords:
    """The account's advanced opt-out list: whole-message words, compared without regard to case.

    If a reply is None, the provider sends none: the phone then gets only the service's own answer.
    """

    stop: frozenset[str]
    start: frozenset[str]
    help: frozenset[str]
    stop_reply: str | None = None
    start_reply: str | None = None
    help_reply: str | None = None


REDUCED_WORDS = OptOutWords(
    stop=frozenset({"STOP"}),
    start=frozenset({"START"}),
    help=frozenset({"HELP"}),
)
"""The list for an account that texts about appointments, so that CANCEL and YES keep their everyday
meaning.
"""

TWILIO_WORDS = OptOutWords(
    stop=frozenset({"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"}),
    start=frozenset({"START", "YES", "UNSTOP"}),
    help=frozenset({"HELP", "INFO"}),
)
"""Twilio's own list, as a new account has it."""

NO_WORDS = OptOutWords(stop=frozenset(), start=frozenset(), help=frozenset())
"""An account for which Twilio has turned its opt-out handling off."""

WORD_LISTS: Mapping[str, OptOutWords] = {
    "reduced": REDUCED_WORDS,
    "full": TWILIO_WORDS,
    "none": NO_WORDS,
}


@dataclass(frozen=True, kw_only=True)
class NotifyAccount:
    """The simulated GOV.UK Notify service.

    api_key: ``name-service-secret``. template_id: the template whose content is ``((body))``.
    number: what its texts come from, and what phones answer. token: what its posts carry as
    ``Authorization: Bearer``. status_url, inbound_url: where it posts; None: nowhere.
    """

    api_key: str = field(
        default="simulator-11111111-1111-4111-8111-111111111111-22222222-2222-4222-8222-222222222222",
        repr=False,
    )
    template_id: str = "33333333-3333-4333-8333-333333333333"
    number: str = "+447700900997"
    token: str = field(default="simulator-notify-token", repr=False)
    status_url: str | None = "http://127.0.0.1:5000/webhooks/notify/status#rc=3&rp=ct,rt,5xx"
    inbound_url: str | None = "http://127.0.0.1:5000/webhooks/notify/inbound#rc=3&rp=ct,rt,5xx"

    @property
    def service_id(self) -> str:
        """The issuer of a token."""
        return self.api_key[-73:-37]

    @property
    def secret(self) -> str:
        """The key that signs a token."""
        return self.api_key[-36:]


@dataclass(frozen=True, kw_only=True)
class SimulatorSettings:
    """Everything that a simulator is given at its start.

    account_sid, auth_token: the simulated account; the token also signs its posts. api_keys:
    further logins, SK sid to secret. inbound_url: where a phone's text is posted. A fragment such
    as ``#rc=3&rp=ct,rt,5xx`` sets Twilio's retry policy; it is neither sent nor signed. None: the
    text is stored and not posted. numbers: the account's own numbers, E.164; the first one answers
    phones that were never texted. messaging_service_sid: if set, the numbers are its pool, and an
    opt-out applies to all of them. opt_out, opt_out_type: the keyword list, and whether OptOutType
    is posted with a keyword. calling_codes: countries the account may text; others are refused with
    21408. refuse_landlines: answer 21614 for a landline. Twilio does not do so for UK numbers,
    hence off. now: clock for every date in the interface; durations always use the computer's own.
    seed: what chance is drawn from. The same seed, rules and texts give the same faults, in
    whatever order the texts arrive. hold: how many seconds a "hang" keeps the caller waiting before
    the connection is closed. retry_pause: seconds between two attempts at a webhook. couriers: how
    many webhook posts may be under way at once. timezone: the zone of the times on the pages.
    notify: the GOV.UK Notify service. keep: most outbound texts to remember; the oldest finished
    ones are forgotten first. None: all of them.
    """

    account_sid: str = "AC" + "0" * 32
    auth_token: str = field(default="simulator-token", repr=False)
    api_keys: Mapping[str, str] = field(default_factory=dict, repr=False)
    inbound_url: str | None = "http://127.0.0.1:5000/webhooks/twilio/inbound#rc=3&rp=ct,rt,5xx"
    numbers: tuple[str, ...] = ("+447700900999",)
    messaging_service_sid: str | None = None
    opt_out: OptOutWords = REDUCED_WORDS
    opt_out_type: bool = False
    calling_codes: frozenset[str] = frozenset({"44"})
    refuse_landlines: bool = False
    delays: Delays = Delays()
    now: Callable[[], datetime] = real_now
    seed: int = 0
    hold: float = 30.0
    retry_pause: float = 0.2
    couriers: int = 16
    timezone: str = "Europe/London"
    keep: int | None = None
    notify: NotifyAccount = NotifyAccount()

    def __post_init__(self) -> None:
        if not self.numbers:
            raise ValueError("the simulated account needs at least one number")
        if self.couriers < 1:
            raise ValueError("the simulated account needs at least one courier")
