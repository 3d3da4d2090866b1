"""The staff pages: plain HTML forms that work without JavaScript, in the look of the GOV.UK Design System.

A view parses its form, calls one use case or one read model, and renders. Nothing here asks the database itself.
"""

from flask import Flask
from jinja2 import ChoiceLoader, PackageLoader, PrefixLoader

from api import problems
from api.pages import (
    actions,
    activities,
    agreements,
    appointments,
    assessments,
    assets,
    case_pack,
    caseload,
    checkins,
    cohort,
    cohort_words,
    compliance,
    compliance_words,
    conversation,
    corrections,
    court_reviews,
    custody,
    decisions,
    drug_tests,
    emergency,
    enrolment,
    enrolment_words,
    errors,
    frame,
    free_times,
    hub_settings,
    imports,
    legal,
    legal_words,
    log,
    meeting_words,
    meetings,
    numbers,
    offences,
    on_call,
    packs,
    person,
    plan,
    plan_words,
    progress,
    progress_words,
    queues,
    record_access,
    referrals,
    reports,
    requirements,
    shared_appointments,
    sharing_words,
    signals,
    takeover,
    today,
    transfers,
    unknown,
    words,
)
from api.pages.blueprint import pages

__all__ = ["install"]

VIEWS = (
    actions,
    activities,
    agreements,
    appointments,
    assessments,
    assets,
    case_pack,
    caseload,
    checkins,
    cohort,
    compliance,
    conversation,
    corrections,
    court_reviews,
    custody,
    decisions,
    drug_tests,
    emergency,
    enrolment,
    free_times,
    hub_settings,
    imports,
    legal,
    log,
    meetings,
    numbers,
    offences,
    on_call,
    packs,
    person,
    plan,
    progress,
    queues,
    record_access,
    referrals,
    reports,
    requirements,
    shared_appointments,
    signals,
    takeover,
    today,
    transfers,
    unknown,
)


def install(app: Flask) -> None:
    """Give `app` the staff pages and their way of telling a refusal."""
    app.jinja_loader = ChoiceLoader(
        [PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")})]
    )
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    words.install(app)
    app.jinja_env.globals.update(enrolment_words.TABLES)
    app.jinja_env.globals.update(progress_words.TABLES)
    app.jinja_env.globals.update(plan_words.TABLES)
    app.jinja_env.globals.update(legal_words.TABLES)
    app.jinja_env.globals.update(compliance_words.TABLES)
    app.jinja_env.globals.update(meeting_words.TABLES)
    app.jinja_env.globals.update({"BEHIND": cohort_words.BEHIND})
    app.jinja_env.globals.update(sharing_words.TABLES)
    app.jinja_env.filters.update(sharing_words.FILTERS)
    app.register_blueprint(pages)
    app.context_processor(frame.context)
    problems.render_pages_with(app, errors.render)
