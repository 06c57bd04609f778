"""Where a message may go."""

import pytest

from crossdock.decide.outbound import address_problem, host_problem

NEVER = (
    "169.254.169.254", "169.254.1.1", "fe80::1", "fe80::1%eth0", "100.100.100.200", "fd00:ec2::254", "192.0.0.192",
    "::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe", "2002:a9fe:a9fe::1", "2001:0:4136:e378:8000:63bf:5601:5601",
)  # fmt: skip
PRIVATE = ("127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "100.64.0.1", "::1", "fd12::1", "::ffff:127.0.0.1")


@pytest.mark.parametrize("address", NEVER)
def test_an_address_that_hands_out_keys_is_never_spoken_to(address: str) -> None:
    for private in ((), ("inside.example",)):
        assert "never spoken to" in address_problem("inside.example", [address], private)


@pytest.mark.parametrize("address", PRIVATE)
def test_a_private_address_is_spoken_to_only_where_the_settings_say_so(address: str) -> None:
    assert "alerts.private_hosts" in address_problem("inside.example", [address], ())
    assert address_problem("Inside.example.", [address], {"inside.example"}) == ""


@pytest.mark.parametrize("address", ["0.0.0.0", "224.0.0.1", "::", "240.0.0.1", "ff02::1"])
def test_an_address_that_is_no_single_hosts_is_not_spoken_to(address: str) -> None:
    assert "no single host" in address_problem("inside.example", [address], {"inside.example"})


def test_one_bad_address_spoils_the_name() -> None:
    assert address_problem("shop.example", ["93.184.216.34", "2606:2800:21f::1"], ()) == ""
    assert address_problem("shop.example", ["93.184.216.34", "10.0.0.1"], ()) != ""
    assert "no address" in address_problem("shop.example", [], ())


def test_a_host_must_stand_in_the_settings() -> None:
    assert host_problem("Hooks.Example.", {"hooks.example"}) == ""
    assert host_problem("[::1]", {"::1"}) == ""
    assert "does not stand in alerts.hosts" in host_problem("hooks.example.evil.example", {"hooks.example"})
