from tests.world import *
async def test_x(world):
    print(await world.here.pool.fetch("select * from stock_share"))
    print(await world.here.pool.fetch("select count(*) from stock_part"))
    print(world.pairing.stock_policy, world.shown(PLENTY), world.available(PLENTY), world.shown(BY_CASE), world.shown(BY_CASE,"case"), world.available(BY_CASE))
