"""The settings of a process, read once from the environment into a frozen object.

A wrong or missing value stops the start with a message that names the variable. No other module
reads the environment.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from messaging.environment import EnvironmentReader, SettingsError
from messaging.gateways import registry

__all__ = ["DEMO_SECRET_KEY", "PROJECT", "Environment", "Settings", "SettingsError"]

PROJECT = Path(__file__).resolve().parents[2]
DEMO_SECRET_KEY = "development only, never in production"


class Environment(StrEnum):
    """Where this process runs."""

    DEVELOPMENT = "development"
    TEST = "test"
    PRODUCTION = "production"


@dataclass(frozen=True)
class Settings:
    """Every setting from the environment. `database_url` is None if the embedded PostgreSQL is to
    be used. `providers` are the settings of each provider that is used, by its name.
    """

    environment: Environment
    database_url: str | None
    secret_key: str = field(repr=False)
    public_url: str
    timezone: ZoneInfo
    now: datetime | None
    now_since: datetime | None
    providers: Mapping[str, Any]
    simulated: bool
    host: str
    port: int
    simulator_port: int
    sends_in_flight: int
    segments_per_second: float
    data_directory: Path
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
    text = _Reader(values)
    environment = text.choice("ENGAGE_ENV", Environment, Environment.DEVELOPMENT)
    production = environment is Environment.PRODUCTION
    port = text.port("ENGAGE_PORT", 5000)
    simulator_port = text.port("ENGAGE_SIMULATOR_PORT", 5055)
    real = any(one.real_account in values for one in registry.PROVIDERS)
    simulated = not production and not real
    return Settings(
        environment=environment,
        database_url=text.database("DATABASE_URL", required=production),
        secret_key=text.secret("ENGAGE_SECRET_KEY", None if production else DEMO_SECRET_KEY),
        public_url=text.url(
            "ENGAGE_PUBLIC_URL",
            None if production else f"http://127.0.0.1:{port}",
            what="the public address of this service, which providers call back",
            secure=production,
        ),
        timezone=text.zone("ENGAGE_TIMEZONE", "Europe/London"),
        now=text.moment("ENGAGE_NOW", refused=production),
        now_since=text.moment("ENGAGE_NOW_SINCE", refused=production),
        providers=_providers(text, simulated, f"http://127.0.0.1:{simulator_port}"),
        simulated=simulated,
        host=values.get("ENGAGE_HOST", "127.0.0.1"),
        port=port,
        simulator_port=simulator_port,
        sends_in_flight=text.number("ENGAGE_SENDS_IN_FLIGHT", 16, 1, 256),
        segments_per_second=float(text.number("ENGAGE_SEGMENTS_PER_SECOND", 10, 1, 100_000)),
        data_directory=Path(values.get("ENGAGE_DATA", str(PROJECT / "var"))),
        trusted_proxies=text.number("ENGAGE_TRUSTED_PROXIES", 0, 0, 5),
        metrics_token=text.raw("ENGAGE_METRICS_TOKEN"),
    )


def _providers(text: EnvironmentReader, simulated: bool, simulator_url: str) -> Mapping[str, Any]:
    found = {
        one.name: one.read_settings(text, simulated=simulated, simulator_url=simulator_url)
        for one in registry.PROVIDERS
    }
    return MappingProxyType({name: read for name, read in found.items() if read is not None})


class _Reader(EnvironmentReader):
    """The kinds of value that only this service has."""

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
