"""Sign-in, lock-out and API keys."""

from datetime import datetime, timedelta
from typing import Literal

import pytest
from argon2 import PasswordHasher
from sqlalchemy.orm import Session

from engage.access.policy import SCOPES, ActorKind, key_actor
from engage.agencies import service
from engage.agencies.model import Role, Staff
from engage.agencies.service import SignInProblem
from engage.core.errors import Invalid, NotFound
from tests import builders

PASSWORD = "correct horse battery"


@pytest.fixture
def staff(session: Session, now: datetime) -> Staff:
    """A member of staff with a password."""
    made = builders.staff(session, builders.hub(session), email="pat@probation.example")
    service.set_password(session, made, PASSWORD, actor="system", now=now)
    return made


def test_the_right_password_signs_in_with_the_address_in_any_case(
    session: Session, staff: Staff, now: datetime
) -> None:
    """Capitals and spaces around the address do not matter."""
    assert (
        service.authenticate(session, " Pat@Probation.example ", PASSWORD, now=now).staff is staff
    )


@pytest.mark.parametrize(
    ("email", "password"),
    [("pat@probation.example", "wrong"), ("nobody@x.example", PASSWORD), ("", "")],
)
def test_a_wrong_address_and_a_wrong_password_look_alike(
    session: Session, staff: Staff, now: datetime, email: str, password: str
) -> None:
    """The answer does not reveal which addresses exist."""
    attempt = service.authenticate(session, email, password, now=now)
    assert (attempt.staff, attempt.problem) == (None, SignInProblem.WRONG)


def test_five_failures_lock_the_account_for_a_quarter_of_an_hour(
    session: Session, staff: Staff, now: datetime
) -> None:
    """Even the right password is refused while the account is locked, and works afterwards."""
    problems = [
        service.authenticate(session, staff.email, "wrong", now=now).problem for _ in range(5)
    ]
    assert problems == [SignInProblem.WRONG] * 4 + [SignInProblem.LOCKED]
    assert (
        service.authenticate(session, staff.email, PASSWORD, now=now).problem
        is SignInProblem.LOCKED
    )
    later = now + service.LOCK_FOR
    assert service.authenticate(session, staff.email, PASSWORD, now=later).staff is staff


class CountingHasher(PasswordHasher):
    """Counts the password hashes computed, which are what an attempt costs."""

    def __init__(self) -> None:
        super().__init__(time_cost=1, memory_cost=8, parallelism=1)
        self.count = 0

    def hash(self, password: str | bytes, *, salt: bytes | None = None) -> str:
        """Count, then hash."""
        self.count += 1
        return super().hash(password, salt=salt)

    def verify(
        self,
        hash: str | bytes,  # noqa: A002 (the library names it so)
        password: str | bytes,
    ) -> Literal[True]:
        """Count, then verify."""
        self.count += 1
        return super().verify(hash, password)


def test_every_refusal_costs_as_much_as_a_wrong_password(
    session: Session, staff: Staff, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A faster refusal would reveal which addresses exist, in five attempts at each."""
    hasher = CountingHasher()
    monkeypatch.setattr(service, "_hasher", hasher)
    costs = []
    for email in (*[staff.email] * 6, "nobody@probation.example"):
        before = hasher.count
        assert service.authenticate(session, email, "wrong", now=now).staff is None
        costs.append(hasher.count - before)
    assert costs == [1] * 7 and staff.locked_until is not None


def test_a_success_resets_the_count_of_failures(
    session: Session, staff: Staff, now: datetime
) -> None:
    """Four failures, a success, four failures: not locked."""
    for _ in range(2):
        for _ in range(4):
            service.authenticate(session, staff.email, "wrong", now=now)
        assert service.authenticate(session, staff.email, PASSWORD, now=now).staff is staff


def test_a_deactivated_account_cannot_sign_in(
    session: Session, staff: Staff, now: datetime
) -> None:
    """It is refused like an account that does not exist."""
    staff.active = False
    session.flush()
    assert (
        service.authenticate(session, staff.email, PASSWORD, now=now).problem is SignInProblem.WRONG
    )


def test_a_new_password_ends_open_sessions_and_must_be_long(
    session: Session, staff: Staff, now: datetime
) -> None:
    """The session epoch increases; a short password is refused."""
    epoch = staff.session_epoch
    service.set_password(session, staff, PASSWORD + "!", actor="system", now=now)
    assert staff.session_epoch == epoch + 1
    with pytest.raises(Invalid):
        service.set_password(session, staff, "short", actor="system", now=now)


def test_a_key_is_valid_until_it_expires_or_is_revoked(
    session: Session, staff: Staff, now: datetime
) -> None:
    """Only the hash is stored. The secret is shown once."""
    hub = staff.memberships[0].hub_id
    key, presented = service.issue_key(
        session,
        hub_id=hub,
        name="case system",
        scopes=["people:read"],
        allowed_scopes=SCOPES,
        expires_at=now + timedelta(days=30),
        actor="system",
        now=now,
    )
    assert presented.split("_", 2)[2] not in key.secret_hash
    assert service.use_key(session, presented, now=now) is key
    actor = key_actor(key)
    assert (actor.kind, actor.hub_id, actor.scopes) == (
        ActorKind.KEY,
        hub,
        frozenset({"people:read"}),
    )
    assert service.use_key(session, presented, now=now + timedelta(days=30)) is None
    assert (
        service.use_key(session, presented[:-1] + ("A" if presented[-1] != "A" else "B"), now=now)
        is None
    )
    service.revoke_key(session, key.prefix, actor="system", now=now)
    assert service.use_key(session, presented, now=now) is None
    with pytest.raises(NotFound):
        service.revoke_key(session, "nothing", actor="system", now=now)


@pytest.mark.parametrize(
    "presented", ["", "engage", "engage__", "other_ab_cd", "engage_ab_é", "engage_" + "x" * 300]
)
def test_nonsense_is_not_a_key(session: Session, now: datetime, presented: str) -> None:
    """It is refused without an error."""
    assert service.use_key(session, presented, now=now) is None


@pytest.mark.parametrize(
    ("scopes", "days"), [(["people:all"], 1), ([], 1), (["people:read"], 0), (["people:read"], 800)]
)
def test_a_key_with_unknown_scopes_or_a_far_expiry_is_refused(
    session: Session, staff: Staff, now: datetime, scopes: list[str], days: int
) -> None:
    """A key lasts two years at most and has at least one scope."""
    with pytest.raises(Invalid):
        service.issue_key(
            session,
            hub_id=staff.memberships[0].hub_id,
            name="k",
            scopes=scopes,
            allowed_scopes=SCOPES,
            expires_at=now + timedelta(days=days),
            actor="system",
            now=now,
        )


@pytest.mark.parametrize("email", ["", "no-at-sign", "two words@x.example", "a@" + "b" * 260])
def test_staff_need_an_address(session: Session, now: datetime, email: str) -> None:
    """A malformed address is refused."""
    hub = builders.hub(session)
    agency = builders.agency(session, hub)
    with pytest.raises(Invalid):
        service.add_staff(
            session,
            email=email,
            name="A B",
            agency=agency,
            hub=hub,
            roles=[Role.AUDITOR],
            actor="system",
            now=now,
        )
