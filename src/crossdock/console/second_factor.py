"""Your second factor: set up with an app, confirmed by a code, turned off by a code."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from crossdock.console.entrance import Form, Me, address_of, menu
from crossdock.console.render import page
from crossdock.wiring.second_factor import SecondFactor

router = APIRouter(prefix="/account/second-factor")


@router.get("")
async def mine(request: Request, me: Me) -> Response:
    factors: SecondFactor = request.app.state.factors
    return page(
        request, "second_factor.html", secret=await factors.waiting(me), left=await factors.codes_left(me),
        missing=factors.is_missing(me), codes=(), **menu(me, "account"),
    )  # fmt: skip


@router.get("/picture.svg")
async def picture(request: Request, me: Me) -> Response:
    factors: SecondFactor = request.app.state.factors
    if drawn := await factors.picture(me):
        return Response(drawn, media_type="image/svg+xml")
    return page(request, "refused.html", 404, title="Not there", text="No second factor waits to be confirmed.")


@router.post("/begin")
async def begin(request: Request, me: Me, form: Form) -> Response:
    factors: SecondFactor = request.app.state.factors
    await factors.begin(me, form.get("password", ""), address=address_of(request))
    return RedirectResponse("/account/second-factor", 303)


@router.post("/confirm")
async def confirm(request: Request, me: Me, form: Form) -> Response:
    factors: SecondFactor = request.app.state.factors
    codes = await factors.confirm(me, form.get("code", ""))
    return page(
        request, "second_factor.html", secret="", left=len(codes), missing=False, codes=codes, **menu(me, "account")
    )


@router.post("/off")
async def off(request: Request, me: Me, form: Form) -> Response:
    factors: SecondFactor = request.app.state.factors
    await factors.turn_off(me, form.get("code", ""), address=address_of(request))
    return RedirectResponse("/account/second-factor", 303)
