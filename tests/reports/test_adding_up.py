from tests.support.adding_up import INSTANCES, run


def test_every_figure_of_many_messages_over_many_instances_is_what_the_emulator_counted() -> None:
    expected, found = run(300, seed=7)
    assert INSTANCES == 8
    assert len(expected) > 15
    assert found == expected
