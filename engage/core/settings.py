"""The settings of a process, read once from the environment into a frozen object.

A wrong or missing value stops the start with a message that names the variable. No other module
reads the environment.
"""

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

PROJECT = Path(__file__).resolve().parents[2]
DEMO_ACCOUNT_SID = "AC" + "0" * 32
DEMO_AUTH_TOKEN = "simulator-token"
DEMO_SECRET_KEY = "development only, never in production"
DEMO_NUMBER = "+447700900999"
DEMO_NOTIFY_KEY = (
    "simulator-11111111-1111-4111-8111-111111111111-22222222-2222-4222-8222-222222222222"
)
DEMO_NOTIFY_TEMPLATE = "33333333-3333-4333-8333-333333333333"
DEMO_NOTIFY_TOKEN = "simulator-notify-token"
UUID_FORM = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"


class SettingsError(Exception):
    """A setting is missing or wrong. The message names the variable and says what it must be."""


class Environment(StrEnum):
    """Where this process runs."""

    DEVELOPMENT = "development"
    TEST = "test"
    PRODUCTION = "production"


@dataclass(frozen=True)
class TwilioSettings:
    """How to reach Twilio, or a server with the same API. `sender_rates` is in segments per second,
    for senders with a rate of their own.
    """

    account_sid: str
    auth_token: str = field(repr=False)
    messaging_service_sid: str | None
    from_numbers: tuple[str, ...]
    api_base_url: str | None
    sender_rates: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class NotifySettings:
    """How to reach GOV.UK Notify, and the token that authenticates its callbacks."""

    api_key: str = field(repr=False)
    template_id: str
    sms_sender_id: str | None
    base_url: str | None
    callback_token: str = field(repr=False)
    segments_per_second: float


@dataclass(frozen=True)
class Settings:
    """Every setting from the environment. `database_url` is None if the embedded PostgreSQL is to
    be used.
    """

    environment: Environment
    database_url: str | None
    secret_key: str = field(repr=False)
    public_url: str
    timezone: ZoneInfo
    now: datetime | None
    now_since: datetime | None
    twilio: TwilioSettings
    simulated: bool
    host: str
    port: int
    simulator_port: int
    sends_in_flight: int
    segments_per_second: float
    data_directory: Path
    notify: NotifySettings | None = None
    trusted_proxies: int = 0
    metrics_token: str | None = field(default=None, repr=False)

    @property
    def production(self) -> bool:
        """Whether the stricter checks of production apply."""
        return self.environment is Environment.PRODUCTION

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] | None = None) -> "Settings":
        """Read `environ`, by default that of the process. Raises SettingsError."""
        values = dict(os.environ if environ is None else environ)
        return _read(values)


def _read(values: dict[str, str]) -> Settings:
    text = _EnvironmentReader(values)
    environment = text.choice("ENGAGE_ENV", Environment, Environment.DEVELOPMENT)
    production = environment is Environment.PRODUCTION
    port = text.port("ENGAGE_PORT", 5000)
    simulator_port = text.port("ENGAGE_SIMULATOR_PORT", 5055)
    simulated = not production and "TWILIO_ACCOUNT_SID" not in values
    return Settings(
        environment=environment,
        database_url=text.database("DATABASE_URL", required=production),
        secret_key=text.secret("ENGAGE_SECRET_KEY", None if production else DEMO_SECRET_KEY),
        public_url=text.url(
            "ENGAGE_PUBLIC_URL",
            None if production else f"http://127.0.0.1:{port}",
            secure=production,
        ),
        timezone=text.zone("ENGAGE_TIMEZONE", "Europe/London"),
        now=text.moment("ENGAGE_NOW", refused=production),
        now_since=text.moment("ENGAGE_NOW_SINCE", refused=production),
        twilio=text.twilio(simulated, f"http://127.0.0.1:{simulator_port}"),
        simulated=simulated,
        host=values.get("ENGAGE_HOST", "127.0.0.1"),
        port=port,
        simulator_port=simulator_port,
        sends_in_flight=text.number("ENGAGE_SENDS_IN_FLIGHT", 16, 1, 256),
        segments_per_second=float(text.number("ENGAGE_SEGMENTS_PER_SECOND", 10, 1, 100_000)),
        data_directory=Path(values.get("ENGAGE_DATA", str(PROJECT / "var"))),
        notify=text.notify(simulated, f"http://127.0.0.1:{simulator_port}"),
        trusted_proxies=text.number("ENGAGE_TRUSTED_PROXIES", 0, 0, 5),
        metrics_token=text.raw("ENGAGE_METRICS_TOKEN"),
    )


class _EnvironmentReader:
    """Parses single variables. Every error names the variable."""

    def __init__(self, values: dict[str, str]) -> None:
        self._values = {name: value for name, value in values.items() if value != ""}

    def raw(self, name: str, default: str | None = None) -> str | None:
        return self._values.get(name, default)

    def required(self, name: str, default: str | None, what: str) -> str:
        value = self.raw(name, default)
        if value is None:
            raise SettingsError(f"{name} is not set: {what}.")
        return value

    def number(self, name: str, default: int, low: int, high: int) -> int:
        raw = self.raw(name)
        if raw is None:
            return default
        if not raw.isascii() or not raw.isdigit() or not low <= int(raw) <= high:
            raise SettingsError(f"{name} must be a whole number from {low} to {high}, not {raw!r}.")
        return int(raw)

    def port(self, name: str, default: int) -> int:
        return self.number(name, default, 1, 65535)

    def choice(self, name: str, kind: type[Environment], default: Environment) -> Environment:
        raw = self._values.get(name, default.value)
        try:
            return kind(raw)
        except ValueError:
            names = ", ".join(member.value for member in kind)
            raise SettingsError(f"{name} must be one of {names}, not {raw!r}.") from None

    def zone(self, name: str, default: str) -> ZoneInfo:
        raw = self.required(name, default, "the hub's time zone")
        try:
            return ZoneInfo(raw)
        except (KeyError, ValueError, OSError):
            raise SettingsError(
                f"{name} must be a time zone such as Europe/London, not {raw!r}."
            ) from None

    def moment(self, name: str, *, refused: bool) -> datetime | None:
        raw = self.raw(name)
        if raw is None:
            return None
        if refused:
            raise SettingsError(f"{name} moves the clock and is refused in production: unset it.")
        try:
            moment = datetime.fromisoformat(raw)
        except ValueError:
            raise SettingsError(
                f"{name} must be a time such as 2027-03-20T09:00:00+00:00, not {raw!r}."
            ) from None
        if moment.tzinfo is None:
            raise SettingsError(f"{name} needs an offset from UTC, such as {raw}+00:00.")
        return moment.astimezone(UTC)

    def url(self, name: str, default: str | None, *, secure: bool = False) -> str:
        raw = self.required(
            name, default, "the public address of this service, which providers call back"
        )
        parts = urlsplit(raw)
        if (
            parts.scheme not in ("http", "https")
            or not parts.hostname
            or parts.query
            or parts.fragment
        ):
            raise SettingsError(f"{name} must be an http or https address, not {raw!r}.")
        if secure and parts.scheme != "https":
            raise SettingsError(f"{name} must be an https address in production, not {raw!r}.")
        return raw.rstrip("/")

    def database(self, name: str, *, required: bool) -> str | None:
        raw = self.raw(name)
        if raw is None:
            if required:
                raise SettingsError(
                    f"{name} is not set: production needs a PostgreSQL server of its own."
                )
            return None
        scheme, separator, rest = raw.partition("://")
        if not separator or scheme not in ("postgresql", "postgres", "postgresql+psycopg"):
            raise SettingsError(f"{name} must be a postgresql:// address.")
        return f"postgresql+psycopg://{rest}"

    def secret(self, name: str, default: str | None) -> str:
        value = self.required(name, default, "give it 32 or more random characters")
        if default is None and (len(value) < 32 or value == DEMO_SECRET_KEY):
            raise SettingsError(f"{name} must have at least 32 random characters.")
        return value

    def twilio(self, simulated: bool, simulator_url: str) -> TwilioSettings:
        if simulated:
            return TwilioSettings(
                account_sid=DEMO_ACCOUNT_SID,
                auth_token=self.raw("TWILIO_AUTH_TOKEN") or DEMO_AUTH_TOKEN,
                messaging_service_sid=None,
                from_numbers=(numbers := self.numbers("TWILIO_FROM") or (DEMO_NUMBER,)),
                api_base_url=self.url("TWILIO_API_BASE_URL", simulator_url),
                sender_rates=self.rates("TWILIO_SENDER_RATES", numbers),
            )
        sid = self.required("TWILIO_ACCOUNT_SID", None, "the account that sends the texts")
        if not (len(sid) == 34 and sid.startswith("AC")):
            raise SettingsError("TWILIO_ACCOUNT_SID must be AC and 32 hexadecimal digits.")
        token = self.required("TWILIO_AUTH_TOKEN", None, "the token that signs Twilio's requests")
        service, numbers = self.raw("TWILIO_MESSAGING_SERVICE_SID"), self.numbers("TWILIO_FROM")
        if (service is None) == (not numbers):
            raise SettingsError(
                "Set either TWILIO_MESSAGING_SERVICE_SID or TWILIO_FROM, and only one of them."
            )
        base = self.raw("TWILIO_API_BASE_URL")
        return TwilioSettings(
            account_sid=sid,
            auth_token=token,
            messaging_service_sid=service,
            from_numbers=numbers,
            api_base_url=self.url("TWILIO_API_BASE_URL", None) if base else None,
            sender_rates=self.rates(
                "TWILIO_SENDER_RATES", numbers if service is None else (service,)
            ),
        )

    def numbers(self, name: str) -> tuple[str, ...]:
        """Phone numbers in international form, separated by commas."""
        given = tuple(part.strip() for part in (self.raw(name) or "").split(",") if part.strip())
        for number in given:
            if not re.fullmatch(r"\+[1-9][0-9]{6,14}", number):
                raise SettingsError(
                    f"{name} must be a number such as +447700900999, or several, "
                    "separated by commas."
                )
        if len(set(given)) < len(given):
            raise SettingsError(f"{name} names a number twice.")
        return given

    def rates(self, name: str, senders: Sequence[str | None]) -> Mapping[str, float]:
        """Segments per second of single senders: +447700900999=10,+447700900998=5."""
        found: dict[str, float] = {}
        for part in (self.raw(name) or "").split(","):
            sender, _, rate = (piece.strip() for piece in part.partition("="))
            if not part.strip():
                continue
            if not re.fullmatch(r"[0-9]{1,4}(\.[0-9]{1,2})?", rate) or float(rate) <= 0:
                raise SettingsError(f"{name} must be like +447700900999=10, separated by commas.")
            if sender not in senders:
                raise SettingsError(f"{name} names {sender}, which is not one of the senders.")
            found[sender] = float(rate)
        return MappingProxyType(found)

    def notify(self, simulated: bool, simulator_url: str) -> NotifySettings | None:
        key = self.raw("NOTIFY_API_KEY") or (DEMO_NOTIFY_KEY if simulated else None)
        if key is None:
            return None
        if not re.fullmatch(f".*{UUID_FORM}-{UUID_FORM}", key):
            raise SettingsError(
                "NOTIFY_API_KEY must be a key of GOV.UK Notify: name, service and secret."
            )
        demo = key == DEMO_NOTIFY_KEY
        what = "the template whose whole content is ((body))"
        template = self.required("NOTIFY_TEMPLATE_ID", DEMO_NOTIFY_TEMPLATE if demo else None, what)
        sender = self.raw("NOTIFY_SMS_SENDER_ID")
        for name, id in (("NOTIFY_TEMPLATE_ID", template), ("NOTIFY_SMS_SENDER_ID", sender)):
            if id is not None and not re.fullmatch(UUID_FORM, id):
                raise SettingsError(f"{name} must be an id of GOV.UK Notify, not {id!r}.")
        base = self.raw("NOTIFY_BASE_URL") or (simulator_url if demo else None)
        what = "the token that GOV.UK Notify's callbacks carry, at least 10 characters"
        token = self.required("NOTIFY_CALLBACK_TOKEN", DEMO_NOTIFY_TOKEN if demo else None, what)
        if len(token) < 10:
            raise SettingsError("NOTIFY_CALLBACK_TOKEN must have at least 10 characters.")
        return NotifySettings(
            api_key=key,
            template_id=template,
            sms_sender_id=sender,
            base_url=self.url("NOTIFY_BASE_URL", base) if base else None,
            callback_token=token,
            segments_per_second=float(self.number("NOTIFY_SEGMENTS_PER_SECOND", 25, 1, 1000)),
        )
