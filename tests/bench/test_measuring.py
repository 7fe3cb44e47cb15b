import subprocess
import sys

from bench.measuring import apart, bytes_in, middle_and_late, spent, table


def test_middle_and_late_are_the_percentiles():
    assert middle_and_late([float(number) for number in range(101)]) == (50.0, 95.0)


def test_time_of_the_clock_and_of_the_processor():
    with spent() as found:
        sum(range(200_000))
    assert found.seconds > 0
    assert found.processor > 0


def hold(size):
    return len(bytearray(b"x") * size)


def test_memory_is_that_of_the_process_apart():
    ours = bytearray(b"x") * 300_000_000
    small, least = apart(hold, 1)
    assert least < len(ours)
    large, most = apart(hold, size=200_000_000)
    assert (small, large) == (1, 200_000_000)
    assert most - least > 100_000_000


def hold_elsewhere(size):
    code = f"import time; held = bytearray(b'x') * {size}; sum(range(3_000_000)); time.sleep(1); print(len(held))"
    with spent() as took:
        told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return int(told.stdout), took.processor


def test_what_a_process_begun_by_it_holds_and_does_is_counted_too():
    (alone, little), least = apart(hold_elsewhere, 1)
    (large, much), most = apart(hold_elsewhere, size=200_000_000)
    assert (alone, large) == (1, 200_000_000)
    assert most - least > 100_000_000
    assert min(little, much) > 0.01


def test_bytes_of_a_folder(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "b").write_bytes(b"123")
    (tmp_path / "c").write_bytes(b"4")
    assert bytes_in(tmp_path) == 4


def test_a_table_is_markdown():
    assert table(["", "n"], [["a", "1"], ["b", "2"]]) == "|  | n |\n| --- | ---: |\n| a | 1 |\n| b | 2 |\n"
