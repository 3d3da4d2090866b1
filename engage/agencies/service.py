"""Staff accounts and API keys: add, authenticate, revoke. Nothing here concerns a person."""

import hashlib
import hmac
import secrets
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import structlog
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import select, update
from sqlalchemy.orm import Session, joinedload

from engage.agencies.model import Agency, ApiKey, Hub, Membership, Role, Staff
from engage.core import events
from engage.core.errors import Invalid, NotFound

log = structlog.get_logger(__name__)

LOCK_AFTER = 5
LOCK_FOR = timedelta(minutes=15)
KEY_PREFIX = "engage"
MINIMUM_PASSWORD = 12
_hasher = PasswordHasher()


class SignInProblem(StrEnum):
    """Why a sign-in did not succeed."""

    WRONG = "wrong"
    LOCKED = "locked"


@dataclass(frozen=True)
class SignIn:
    """The result of a sign-in: the member of staff, or the problem."""

    staff: Staff | None
    problem: SignInProblem | None


def authenticate(session: Session, email: str, password: str, *, now: datetime) -> SignIn:
    """Check an email address and a password.

    After 5 failures in a row the account is locked for 15 minutes. A failure is returned and not
    raised, so that the count of failures is committed. An unknown address and a locked account take
    as long as a wrong password, so that timing does not reveal which accounts exist.
    """
    staff = session.scalars(
        select(Staff).where(Staff.email == email.strip().lower()).with_for_update()
    ).one_or_none()
    if staff is None or not staff.active or staff.password_hash is None:
        _hasher.hash(password)
        log.warning("sign_in.refused", reason="unknown")
        return SignIn(None, SignInProblem.WRONG)
    if staff.locked_until is not None and staff.locked_until > now:
        _hasher.hash(password)
        log.warning("sign_in.refused", reason="locked", staff=str(staff.id))
        return SignIn(None, SignInProblem.LOCKED)
    if not _matches(staff.password_hash, password):
        return _failed(session, staff, now)
    staff.failed_sign_ins, staff.locked_until, staff.signed_in_at = 0, None, now
    if _hasher.check_needs_rehash(staff.password_hash):
        staff.password_hash = _hasher.hash(password)
    events.record(session, "staff.signed_in", now=now, actor=f"staff:{staff.id}")
    return SignIn(staff, None)


def _failed(session: Session, staff: Staff, now: datetime) -> SignIn:
    staff.failed_sign_ins += 1
    log.warning("sign_in.refused", reason="password", staff=str(staff.id))
    if staff.failed_sign_ins < LOCK_AFTER:
        return SignIn(None, SignInProblem.WRONG)
    staff.failed_sign_ins, staff.locked_until = 0, now + LOCK_FOR
    events.record(session, "staff.locked_out", now=now, actor=f"staff:{staff.id}")
    return SignIn(None, SignInProblem.LOCKED)


def _matches(password_hash: str, password: str) -> bool:
    try:
        return _hasher.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False


def set_password(
    session: Session, staff: Staff, password: str, *, actor: str, now: datetime
) -> None:
    """Set the password of a member of staff (12 to 200 characters) and end all their sessions.
    Raises Invalid.
    """
    if not MINIMUM_PASSWORD <= len(password) <= 200:
        raise Invalid(fields={"password": f"Use {MINIMUM_PASSWORD} to 200 characters."})
    staff.password_hash = _hasher.hash(password)
    staff.session_epoch += 1
    staff.failed_sign_ins, staff.locked_until = 0, None
    events.record(session, "staff.password_set", now=now, actor=actor, staff=staff.id)


def end_sessions(session: Session, staff_id: uuid.UUID, *, now: datetime) -> None:
    """Sign a member of staff out of every session, on every machine."""
    session.execute(
        update(Staff).where(Staff.id == staff_id).values(session_epoch=Staff.session_epoch + 1)
    )
    events.record(session, "staff.signed_out", now=now, actor=f"staff:{staff_id}")


def load_staff(session: Session, staff_id: uuid.UUID) -> Staff | None:
    """The active member of staff with this id, with memberships and agency, or None."""
    query = (
        select(Staff).where(Staff.id == staff_id, Staff.active).options(joinedload(Staff.agency))
    )
    return session.scalars(query).one_or_none()


def find_staff(session: Session, email: str) -> Staff | None:
    """The active member of staff with this email address, upper or lower case, or None."""
    return session.scalars(
        select(Staff).where(Staff.email == email.strip().lower(), Staff.active)
    ).one_or_none()


def offender_managers(session: Session, hub_ids: Iterable[uuid.UUID]) -> Sequence[Staff]:
    """The active offender managers of some hubs, by name."""
    members = select(Membership.staff_id).where(
        Membership.hub_id.in_(list(hub_ids)), Membership.role == Role.OFFENDER_MANAGER
    )
    return session.scalars(
        select(Staff).where(Staff.id.in_(members), Staff.active).order_by(Staff.name)
    ).all()


def hubs_of(session: Session, hub_ids: Iterable[uuid.UUID]) -> Sequence[Hub]:
    """Some hubs, by name."""
    return session.scalars(select(Hub).where(Hub.id.in_(list(hub_ids))).order_by(Hub.name)).all()


def agencies_of(session: Session, hub_ids: Iterable[uuid.UUID]) -> Sequence[Agency]:
    """The agencies of the areas of some hubs, by name."""
    areas = select(Hub.area_id).where(Hub.id.in_(list(hub_ids)))
    return session.scalars(
        select(Agency).where(Agency.area_id.in_(areas)).order_by(Agency.name)
    ).all()


def add_staff(
    session: Session,
    *,
    email: str,
    name: str,
    agency: Agency,
    hub: Hub,
    roles: Iterable[Role],
    actor: str,
    now: datetime,
) -> Staff:
    """Add a member of staff with roles in one hub. Raises Invalid if the address is taken or
    malformed, or the name is missing or too long.
    """
    address = email.strip().lower()
    if (
        "@" not in address
        or len(address) > 254
        or any(character.isspace() for character in address)
    ):
        raise Invalid(fields={"email": "Enter an email address, such as name@agency.example."})
    if session.scalars(select(Staff.id).where(Staff.email == address)).one_or_none() is not None:
        raise Invalid(fields={"email": "Another member of staff already has this address."})
    words = name.split()
    if not words or len(name) > 80:
        raise Invalid(fields={"name": "Enter a name of at most 80 characters."})
    staff = Staff(
        email=address, name=" ".join(words), first_name=words[0][:40], agency_id=agency.id
    )
    session.add(staff)
    session.flush()
    for role in sorted(set(roles)):
        staff.memberships.append(Membership(hub_id=hub.id, role=role))
    session.flush()
    events.record(session, "staff.added", now=now, actor=actor, hub_id=hub.id, staff=staff.id)
    return staff


def issue_key(
    session: Session,
    *,
    hub_id: uuid.UUID,
    name: str,
    scopes: Iterable[str],
    allowed_scopes: Iterable[str],
    expires_at: datetime,
    actor: str,
    now: datetime,
) -> tuple[ApiKey, str]:
    """Issue a key to a system. Returns the key and the secret to hand over, which is shown once:
    only its hash is stored.

    Raises Invalid for an unknown scope, no scope, or an expiry that is past or more than 2 years
    ahead.
    """
    wanted, known = sorted(set(scopes)), set(allowed_scopes)
    unknown = [scope for scope in wanted if scope not in known]
    if unknown or not wanted:
        refused = ", ".join(unknown) or "none"
        raise Invalid(fields={"scopes": f"Choose from {', '.join(sorted(known))}; not {refused}."})
    if not now < expires_at <= now + timedelta(days=731):
        raise Invalid(fields={"expires_at": "Choose a day within the next 2 years."})
    prefix, secret = secrets.token_hex(6), secrets.token_urlsafe(32)
    key = ApiKey(
        hub_id=hub_id,
        name=name[:80],
        prefix=prefix,
        secret_hash=_digest(secret),
        scopes=wanted,
        expires_at=expires_at,
    )
    session.add(key)
    session.flush()
    events.record(
        session, "key.issued", now=now, actor=actor, hub_id=hub_id, key=key.id, scopes=wanted
    )
    return key, f"{KEY_PREFIX}_{prefix}_{secret}"


def use_key(session: Session, presented: str, *, now: datetime) -> ApiKey | None:
    """Record that a key is used, to the minute. Returns it, or None if the secret is not valid."""
    brand, _, rest = presented.partition("_")
    prefix, _, secret = rest.partition("_")
    if brand != KEY_PREFIX or not secret or not presented.isascii() or len(presented) > 200:
        return None
    key = session.scalars(select(ApiKey).where(ApiKey.prefix == prefix)).one_or_none()
    if key is None or not hmac.compare_digest(key.secret_hash, _digest(secret)):
        return None
    if key.revoked_at is not None or key.expires_at <= now:
        return None
    if key.last_used_at is None or now - key.last_used_at > timedelta(minutes=1):
        session.execute(update(ApiKey).where(ApiKey.id == key.id).values(last_used_at=now))
    return key


def revoke_key(session: Session, prefix: str, *, actor: str, now: datetime) -> None:
    """Revoke a key at once. Revoking it again changes nothing. Raises NotFound."""
    key = session.scalars(
        select(ApiKey).where(ApiKey.prefix == prefix).with_for_update()
    ).one_or_none()
    if key is None:
        raise NotFound("There is no key with this prefix.")
    if key.revoked_at is None:
        key.revoked_at = now
        events.record(session, "key.revoked", now=now, actor=actor, hub_id=key.hub_id, key=key.id)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
