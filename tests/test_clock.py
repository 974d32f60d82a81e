"""A time that never goes back, whatever happens to the wall clock."""

from pytest_mock import MockerFixture

from sms_connector.clock import Clock


def set_clocks(mocker: MockerFixture, monotonic: float, wall: float) -> None:
    mocker.patch("sms_connector.clock.time.monotonic", return_value=monotonic)
    mocker.patch("sms_connector.clock.time.time", return_value=wall)


class TestClock:
    def test_time_goes_on_while_the_monotonic_clock_stands_still(
        self, mocker: MockerFixture
    ) -> None:
        set_clocks(mocker, 100, 1_000)
        clock = Clock()
        set_clocks(mocker, 101, 1_061)
        assert clock.now() == 1_061

    def test_time_goes_on_where_the_wall_clock_is_set_back(self, mocker: MockerFixture) -> None:
        set_clocks(mocker, 100, 10_000)
        clock = Clock()
        set_clocks(mocker, 110, 6_410)  # an hour
        assert clock.now() == 10_010
        set_clocks(mocker, 115, 6_415)
        assert clock.now() == 10_015

    def test_a_clock_that_is_set_back_and_corrected_does_not_skip_ahead(
        self, mocker: MockerFixture
    ) -> None:
        set_clocks(mocker, 100, 10_000)
        clock = Clock()
        set_clocks(mocker, 100, 6_400)  # an hour
        assert clock.now() == 10_000
        set_clocks(mocker, 101, 10_001)
        assert clock.now() == 10_001

    def test_time_never_goes_back(self, mocker: MockerFixture) -> None:
        set_clocks(mocker, 100, 10_000)
        clock = Clock()
        set_clocks(mocker, 100, 10_001)
        assert clock.now() == 10_001
        set_clocks(mocker, 100, 10_000.5)
        assert clock.now() == 10_001
