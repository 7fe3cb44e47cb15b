from bench.reactor import Pulse, pulses, pulses_table


def test_three_crawls_of_a_town_elsewhere_are_beaten(tmp_path):
    found = dict(pulses(tmp_path, 30, 20))
    assert list(found) == ["all is new", "nothing is new", "the ledger was lost"]
    first, again, lost = (pulse.items for pulse in found.values())
    assert first > lost > again > 50  # what was answered long ago is not asked for one by one again
    for pulse in found.values():
        assert pulse.outcomes == ["complete"] * 4
        assert len(pulse.gaps) > 10
        assert 0 < pulse.late() <= pulse.longest()


def test_gaps_are_told_in_milliseconds():
    pulse = Pulse(gaps=[0.005] * 98 + [0.0504, 0.07], waited=1.5, items=1200)
    assert pulses_table([("all", pulse)]).splitlines()[2] == "| all | 1,200 | 100 | 70 | 70 | 2 | 1,500 |"
