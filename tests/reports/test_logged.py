from sms_connector.reports.logged import MOST, LoggedReports


def test_a_report_is_new_once_for_each_outcome_and_the_oldest_is_forgotten() -> None:
    logged = LoggedReports()
    added = [logged.add(("1^0",), outcome) for outcome in ("failed", "delivered", "failed")]
    assert added == [True, True, False]
    for number in range(MOST):
        logged.add((f"{number}^1",), "failed")
    assert len(logged._latest) == MOST
    assert logged.add(("1^0",), "failed")
