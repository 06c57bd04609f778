"""What shops tell becomes counts in the ERP: the newest of each shelf, once, by place."""

from tests.retail.shops import LEEDS, PLENTY, YORK, Shops


async def test_every_shelf_is_booked_as_the_shop_counted_it(shops: Shops) -> None:
    assert shops.booked_as_told()
    assert await shops.cases() == []


async def test_a_sale_in_a_shop_lowers_the_erps_count_of_that_shop_alone(shops: Shops) -> None:
    before, leeds = shops.in_ledger(YORK), shops.in_ledger(LEEDS)
    await shops.retail.act("receive_goods", {"location": YORK, "sku": PLENTY, "quantity": 9})
    await shops.retail.act("sell", {"location": YORK, "sku": PLENTY, "quantity": 2})
    await shops.book()
    assert (shops.in_ledger(YORK), shops.in_ledger(LEEDS)) == (before + 7, leeds)
    assert shops.booked_as_told()
