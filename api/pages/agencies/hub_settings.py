"""A hub's settings: their values, their history, and the day on which the hub closes."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from operator import itemgetter
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from wtforms import SelectField, StringField

from api.access import allow, current_actor, staff
from api.database import now, transaction
from api.pages.blueprint import pages
from api.pages.forms import DateField, PageForm, Words, choices, stripped
from api.pages.frame import say
from api.pages.submit import act, attempt
from engage.access import hub_settings as use
from engage.agencies import setup
from engage.agencies.hub_settings import SETTINGS, hub_rules, parse, zone
from engage.agencies.model import HubSettingsSpell
from engage.agencies.setting_types import Setting
from engage.core.errors import Invalid
from engage.queries import actor_names

SEE = staff(*use.READERS)
CHANGE = staff(*use.EDITORS)
_LABELS = [(name, row.label) for name, row in SETTINGS.items()]


class SettingForm(PageForm):
    """One setting and its new value."""

    BUTTON = "Change"
    CALLED = dict.fromkeys(SETTINGS, "value")

    setting = SelectField("Setting", choices=choices(dict(sorted(_LABELS, key=itemgetter(1)))))
    value = StringField(
        "New value",
        [Words(20, missing="Enter the new value")],
        filters=[stripped],
        description="It applies from now on. Earlier decisions keep the settings of their time.",
        render_kw={"class": "govuk-input--width-10"},
    )


@dataclass(frozen=True)
class SettingLine:
    """A setting on the page. `default` is None if the hub has not changed it."""

    label: str
    value: str
    default: str | None
    allowed: str


class CloseForm(PageForm):
    """The day on which the hub closes. Its name is asked for, so that none is closed by mistake."""

    BUTTON = "Close the hub"
    WARNS = True
    CALLED = {"on": "closes_on"}

    closes_on = DateField("The hub closes at the start of this day")
    name = StringField(
        "Name of the hub",
        [Words(80, missing="Enter the name of the hub")],
        filters=[stripped],
        description="To confirm that this is the right hub",
    )


@pages.get("/hubs")
@allow(SEE)
def hubs() -> ResponseReturnValue:
    """The hubs whose settings the actor may see."""
    with transaction() as session:
        found = use.readable_hubs(session, current_actor())
        if len(found) == 1:
            return redirect(url_for("pages.hub_settings", hub_id=found[0].id))
        return render_template("agencies/hubs.html", hubs=found)


@pages.get("/hubs/<uuid:hub_id>")
@allow(SEE)
def hub_settings(hub_id: uuid.UUID) -> ResponseReturnValue:
    """A hub's settings and their history."""
    return _page(hub_id)


@pages.post("/hubs/<uuid:hub_id>")
@allow(CHANGE)
def choose_setting(hub_id: uuid.UUID) -> ResponseReturnValue:
    """Change one setting, from now on."""
    form = SettingForm(request.form)

    def work(session: Session) -> str:
        hub = use.to_change(session, current_actor(), hub_id)
        name = form.setting.data
        value = parse(name, form.value.data or "")
        setup.set_hub_setting(session, hub, name, value, actor=current_actor().label, now=now())
        return url_for("pages.hub_settings", hub_id=hub_id)

    if form.validate() and (address := attempt(form, work)):
        say("The setting is changed from now on.")
        return redirect(address)
    return _page(hub_id, form), 422


@pages.post("/hubs/<uuid:hub_id>/close")
@allow(CHANGE)
def close_hub(hub_id: uuid.UUID) -> ResponseReturnValue:
    """Set the day on which the hub closes."""
    form = CloseForm(request.form)

    def work(session: Session) -> str:
        hub = use.to_change(session, current_actor(), hub_id)
        if form.name.data != hub.name:
            raise Invalid(fields={"name": "This is not the name of the hub."})
        assert form.closes_on.data is not None  # noqa: S101 (the field is validated)
        setup.close_hub(session, hub, form.closes_on.data, actor=current_actor().label, now=now())
        return url_for("pages.hub_settings", hub_id=hub_id)

    if form.validate() and (address := attempt(form, work)):
        say("The day is recorded. You can cancel it until then.")
        return redirect(address)
    return _page(hub_id, closing=form), 422


@pages.post("/hubs/<uuid:hub_id>/keep-open")
@allow(CHANGE)
def keep_hub_open(hub_id: uuid.UUID) -> ResponseReturnValue:
    """Cancel the closing of the hub."""

    def work(session: Session) -> None:
        hub = use.to_change(session, current_actor(), hub_id)
        setup.keep_open(session, hub, actor=current_actor().label, now=now())

    say(act(work) or "The hub stays open.")
    return redirect(url_for("pages.hub_settings", hub_id=hub_id))


def _page(
    hub_id: uuid.UUID, form: SettingForm | None = None, closing: CloseForm | None = None
) -> str:
    with transaction() as session:
        hub = use.to_read(session, current_actor(), hub_id)
        rules = hub_rules(hub)
        spells = setup.history(session, hub)
        who = actor_names.names_by_label(session, {spell.changed_by for spell in spells})
        return render_template(
            "agencies/hub_settings.html",
            hub=hub,
            zone=zone(hub),
            now=now(),
            lines=[_line(row, getattr(rules, name)) for name, row in SETTINGS.items()],
            changes=_changes(spells),
            who=who,
            may_change=use.may_change(current_actor(), hub),
            setting=form or SettingForm(),
            closing=closing or CloseForm(),
            form=form or closing or SettingForm(),
        )


def _line(row: Setting, value: Any) -> SettingLine:
    default = row.in_words(row.default) if value != row.default else None
    return SettingLine(row.label, row.in_words(value), default, row.allowed)


def _changes(spells: Sequence[HubSettingsSpell]) -> list[tuple[HubSettingsSpell, list[str]]]:
    """What each spell changed compared with the one before it, latest first."""
    return [
        (
            spell,
            [
                _change(name, before.settings.get(name), spell.settings.get(name))
                for name in sorted({*spell.settings, *before.settings})
                if spell.settings.get(name) != before.settings.get(name)
            ],
        )
        for spell, before in pairwise(spells)
    ]


def _change(name: str, before: Any, after: Any) -> str:
    """One change in words. A setting that no longer exists is shown under its stored name."""
    if name == "closed_days":
        return f"Closed days: {', '.join(after or []) or 'none'}"
    row = SETTINGS.get(name)
    if row is None:
        return f"{name}: {before} to {after}"
    old, new = (row.default if value is None else value for value in (before, after))
    return f"{row.label}: {row.in_words(old)} to {row.in_words(new)}"
