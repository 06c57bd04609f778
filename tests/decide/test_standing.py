"""What customer service reads of an order that waits."""

from crossdock.decide.standing import Waiting, words_of


def test_the_oldest_case_comes_first_and_each_names_its_desk() -> None:
    newer = Waiting(case_id=9, desk="finance", cause="Account MEYER01 is on stop.")
    older = Waiting(case_id=2, desk="data", cause="The ERP holds no stock item GHOST")
    assert words_of([newer, older]) == (
        "Waits for data: The ERP holds no stock item GHOST (case 2). "
        "Waits for finance: Account MEYER01 is on stop (case 9)."
    )


def test_an_order_that_goes_on_has_no_words() -> None:
    assert words_of([]) == ""
