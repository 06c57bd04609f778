"""Your account: what you may do, where you are signed in, your password."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from crossdock.console.address import Key
from crossdock.console.entrance import Form, Me, address_of, menu
from crossdock.console.render import page
from crossdock.wiring.account import Account

router = APIRouter(prefix="/account")


@router.get("")
async def mine(request: Request, me: Me) -> Response:
    account: Account = request.app.state.account
    return page(request, "account.html", sessions=await account.sessions(me), **menu(me, "account"))


@router.post("/password")
async def password(request: Request, me: Me, form: Form) -> Response:
    account: Account = request.app.state.account
    old, new, again = (form.get(name, "") for name in ("old", "new", "again"))
    await account.change_password(me, old=old, new=new, again=again, address=address_of(request))
    return RedirectResponse("/account#sessions", 303)


@router.post("/sessions/{number}/end")
async def end(request: Request, me: Me, _: Form, number: Key) -> Response:
    account: Account = request.app.state.account
    await account.end_session(me, number)
    return RedirectResponse("/account#sessions", 303)


@router.post("/sessions/end-others")
async def end_others(request: Request, me: Me, _: Form) -> Response:
    account: Account = request.app.state.account
    await account.end_others(me)
    return RedirectResponse("/account#sessions", 303)
