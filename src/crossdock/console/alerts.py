"""Alerts: what stands and who sees to it; for those over everything also channels, rules and what was sent."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from crossdock.console.address import Before, Key
from crossdock.console.entrance import Forbidden, Form, Me, menu
from crossdock.console.render import page
from crossdock.decide.alerting import Alert
from crossdock.decide.rights import may_administer, may_audit, may_settle
from crossdock.wiring.alerts import AlertRefused, Alerts, NoSuchAlert
from crossdock.wiring.installation import Installation
from crossdock.wiring.people import SignedIn

router = APIRouter(prefix="/settings/alerts")
PAGE = 50


@router.get("")
async def alerts(request: Request, me: Me, before: Before = None, tested: Before = None) -> Response:
    found = _alerts(request)
    rows = await found.list(me.person.grants, before=before, limit=PAGE)
    all_of_it = may_administer(me.person) or may_audit(me.person)
    return page(
        request, "settings_alerts.html", rows=rows, following=rows[-1].alert.id if len(rows) == PAGE else None,
        may={one.alert.id for one in rows if _may_answer(me, one.alert)}, all_of_it=all_of_it,
        admin=may_administer(me.person), channels=found.channels() if all_of_it else (),
        rules=found.rules() if all_of_it else (), sent=await found.deliveries(limit=PAGE) if all_of_it else (),
        tested=await found.outcome(tested) if all_of_it and tested is not None else None, **menu(me, "settings"),
    )  # fmt: skip


@router.post("/test")
async def test(request: Request, me: Me, form: Form) -> Response:
    if not may_administer(me.person):
        raise Forbidden("Channels are tested by administrators of everything.")
    try:
        done = await _alerts(request).test(form.get("channel", ""), actor=me.person.name)
    except NoSuchAlert as error:
        return _refused(request, 404, "Not there", error)
    except AlertRefused as error:
        return _refused(request, 429, "Not so fast", error)
    return RedirectResponse(f"/settings/alerts?tested={done.message}#tested", 303)


@router.post("/{alert_id}/answer")
async def answer(request: Request, me: Me, form: Form, alert_id: Key) -> Response:
    found = _alerts(request)
    row = await found.find(alert_id, me.person.grants)
    if row is None:
        return _refused(request, 404, "Not there", NoSuchAlert("There is no such alert, or it is another desk's."))
    if not _may_answer(me, row.alert):
        raise Forbidden("Alerts are answered by those who settle the cases they are about.")
    try:
        await found.answer(alert_id, actor=me.person.name)
    except AlertRefused as error:
        return _refused(request, 422, "Not any more", error)
    return RedirectResponse("/settings/alerts", 303)


def _alerts(request: Request) -> Alerts:
    here: Installation = request.app.state.here
    return Alerts(here.pool, here.project)


def _may_answer(me: SignedIn, alert: Alert) -> bool:

    return may_settle(me.person, desk=alert.desk, pairing=alert.pairing)


def _refused(request: Request, status: int, title: str, error: Exception) -> Response:
    return page(request, "refused.html", status, title=title, text=f"{str(error)[:1].upper()}{str(error)[1:]}")
