"""Trouble that is staged: for each kind of case that a day can bring about, what happens, and who settles it how.

A scene makes its trouble when nothing else is under way, waits for the case, and tells of it. Many are settled by a
person in the same breath, others by the world putting itself right; what is left stands in the summary.
"""

from collections.abc import Mapping, Sequence

from crossdock.cli.demo.scenes.codes import (
    a_courier_nobody_mapped,
    a_list_nobody_mapped,
    a_unit_nobody_mapped,
    codes_nobody_mapped,
    half_an_each,
    paid_in_another_currency,
)
from crossdock.cli.demo.scenes.compares import a_penny_booked_away, typed_over
from crossdock.cli.demo.scenes.goods import (
    an_item_that_left_the_range,
    counted_anew,
    listed_by_a_slip,
    recoded_behind_our_back,
    sold_at_nothing,
)
from crossdock.cli.demo.scenes.households import (
    a_promotion_nobody_mapped,
    an_address_without_a_town,
    promotions_that_come_together,
    sold_to_another_country,
)
from crossdock.cli.demo.scenes.orders import (
    a_stage_nobody_knows,
    another_account_all_of_a_sudden,
    cancelled_over_there,
    changed_in_time_and_too_late,
    deleted_before_it_was_read,
    nobody_answers,
    typed_in_by_hand,
)
from crossdock.cli.demo.scenes.outages import a_right_was_taken_away, the_erp_is_away, the_shop_cuts_its_lists
from crossdock.cli.demo.scenes.outlet import (
    a_case_nobody_vouches_for,
    gone_quiet,
    over_the_credit_limit,
    selling_again,
)
from crossdock.cli.demo.scenes.returns import goods_that_came_back, sent_by_hand_and_sent_back
from crossdock.cli.demo.scenes.staging import Scene

TRADE: Mapping[int, Sequence[Scene]] = {
    1: (codes_nobody_mapped, a_list_nobody_mapped),
    2: (an_item_that_left_the_range, sold_at_nothing),
    3: (a_unit_nobody_mapped, typed_over),
    4: (half_an_each,),
    5: (recoded_behind_our_back, paid_in_another_currency),
    6: (typed_in_by_hand, another_account_all_of_a_sudden),
    7: (changed_in_time_and_too_late,),
    8: (cancelled_over_there, a_stage_nobody_knows),
    9: (deleted_before_it_was_read, nobody_answers),
    10: (counted_anew,),
    11: (the_erp_is_away, the_shop_cuts_its_lists, a_right_was_taken_away),
    12: (listed_by_a_slip,),
}
"""By wave, for the shop that sells to the trade."""

HOME: Mapping[int, Sequence[Scene]] = {
    2: (a_promotion_nobody_mapped,),
    3: (an_address_without_a_town,),
    4: (promotions_that_come_together,),
    5: (sold_to_another_country,),
    7: (a_courier_nobody_mapped,),
    8: (goods_that_came_back,),
    9: (sent_by_hand_and_sent_back,),
    12: (a_courier_nobody_mapped,),
}
"""By wave, for the shop that sells to households."""

OUTLET: Mapping[int, Sequence[Scene]] = {
    0: (gone_quiet,),
    1: (selling_again,),
    3: (a_case_nobody_vouches_for,),
    5: (over_the_credit_limit,),
    9: (a_penny_booked_away,),
}
"""By wave, for the outlet; 0 is before the doors open."""
