"""Import of appointments: upload a file, see what it would do, then let exactly that file in."""

import io
import uuid

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from api.access import KILOBYTE, allow, current_actor, staff
from api.database import database, now, transaction
from api.pages.blueprint import pages
from api.pages.form_page import form_page
from api.pages.forms import HubField, PageForm, choices
from api.pages.frame import IMPORTERS
from engage.agencies.service import hubs_of
from engage.appointments.imports import uploads
from engage.appointments.imports.file_import import import_file
from engage.core.errors import Invalid

IMPORT = staff(*IMPORTERS)


class UploadForm(PageForm):
    """The file, and its hub if the actor works in several."""

    TITLE = "Import appointments"
    LEAD = (
        "Choose a CSV file from your case system. You will see a preview first. Nothing "
        "is imported until you confirm."
    )
    BUTTON = "Preview the import"

    hub = HubField("Hub")


@pages.get("/import")
@allow(IMPORT)
def new_import() -> ResponseReturnValue:
    """The page for choosing a file."""
    return _upload_page(UploadForm())


@pages.post("/import")
@allow(IMPORT, largest_body=uploads.LARGEST + 64 * KILOBYTE)
def upload() -> ResponseReturnValue:
    """Keep the file for an hour and go on to the preview."""
    form, actor = UploadForm(request.form), current_actor()
    given = request.files.get("file")
    hubs = {str(hub_id): hub_id for hub_id in actor.hubs(*IMPORTERS)}
    hub_id = hubs.get(form.hub.data or "") or (
        next(iter(hubs.values())) if len(hubs) == 1 else None
    )
    if given is None or not given.filename:
        form.whole.append("Choose a file")
        return _upload_page(form), 422
    if hub_id is None:
        form.refuse({"hub": "Choose the hub"})
        return _upload_page(form), 422
    try:
        with transaction() as session:
            kept = uploads.store(
                session,
                actor,
                hub_id=hub_id,
                name=given.filename,
                content=given.stream.read(),
                now=now(),
            )
    except Invalid as refusal:
        form.whole.extend(refusal.fields.values())
        return _upload_page(form), 422
    return redirect(url_for("pages.preview_import", upload_id=kept))


@pages.get("/import/<uuid:upload_id>")
@allow(IMPORT)
def preview_import(upload_id: uuid.UUID) -> ResponseReturnValue:
    """What the file would do, row by row, without doing it; once it is in, what it did."""
    kept = _open(upload_id)
    if kept.report is not None:
        return render_template("appointments/imported.html", upload=kept, report=kept.report)
    try:
        report = _run(kept, dry_run=True)
    except Invalid as refusal:
        form = UploadForm()
        form.whole.extend(refusal.fields.values() or [refusal.detail])
        return _upload_page(form), 422
    return render_template("appointments/preview_import.html", upload=kept, report=report)


@pages.post("/import/<uuid:upload_id>")
@allow(IMPORT)
def run_import(upload_id: uuid.UUID) -> ResponseReturnValue:
    """Import the file that was looked at. Sent again, it shows what the first time did."""
    kept, at = _open(upload_id), now()
    if kept.report is None:
        report = _run(kept, dry_run=False)
        with transaction() as session:
            uploads.store_report(session, upload_id, report=report, now=at)
    return redirect(url_for("pages.preview_import", upload_id=upload_id))


def _open(upload_id: uuid.UUID) -> uploads.Upload:
    with transaction() as session:
        return uploads.open_own(session, current_actor(), upload_id, now=now())


def _run(kept: uploads.Upload, *, dry_run: bool) -> dict[str, object]:
    report = import_file(
        database().begin,
        current_actor(),
        kept.hub_id,
        io.BytesIO(kept.content),
        now=now(),
        dry_run=dry_run,
    )
    return dict(report.as_json())


def _upload_page(form: UploadForm) -> str:
    with transaction() as session:
        hubs = hubs_of(session, current_actor().hubs(*IMPORTERS))
    form.hub.choices = choices({str(hub.id): hub.name for hub in hubs})
    return form_page(
        form,
        action=url_for("pages.upload"),
        template="appointments/new_import.html",
        largest=uploads.LARGEST // 1024 // 1024,
    )
