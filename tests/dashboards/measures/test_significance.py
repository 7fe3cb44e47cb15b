import pytest

from dashboards.measures.significance import Share, compare, z_statistic


def test_z_equals_the_textbook_value():
    # 45 of 100 against 30 of 100: pooled 0.375, z = 0.15 / sqrt(0.375 · 0.625 · 0.02) = 2.1909
    assert z_statistic(Share(45, 100), Share(30, 100)) == pytest.approx(2.1909, abs=1e-4)


def test_shares_without_variance_do_not_differ():
    assert z_statistic(Share(0, 40), Share(0, 50)) == 0


@pytest.mark.parametrize(
    ("share", "previous", "verdict"),
    [
        (Share(0, 0), None, "none"),
        (Share(10, 29), Share(1, 100), "few"),
        (Share(10, 30), None, "first"),
        (Share(10, 30), Share(0, 0), "first"),
        (Share(10, 30), Share(1, 29), "previous_few"),
        (Share(45, 100), Share(30, 100), "higher"),
        (Share(30, 100), Share(45, 100), "lower"),
        (Share(33, 100), Share(30, 100), "same"),
    ],
)
def test_the_verdict_follows_floor_and_test(share, previous, verdict):
    assert compare(share, previous) == verdict
