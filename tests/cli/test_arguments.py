"""Parse dates, XEP numbers and options."""

from __future__ import annotations

import pytest

from xsfreader.cli.arguments import parser


@pytest.mark.parametrize(
    ("text", "since", "until"),
    [
        ("2012", "2012-01-01", "2012-12-31"),
        ("2012-02", "2012-02-01", "2012-02-29"),
        ("2025-11", "2025-11-01", "2025-11-30"),
        ("2020-05-31", "2020-05-31", "2020-05-31"),
    ],
)
def test_a_month_or_year_covers_all_its_days(text: str, since: str, until: str) -> None:
    args = parser().parse_args(["list", "--since", text, "--until", text])
    assert (args.since.isoformat(), args.until.isoformat()) == (since, until)


@pytest.mark.parametrize("text", ["soon", "2020-13", "2020-02-30", "0000", "20", "2020-00"])
@pytest.mark.parametrize("option", ["--since", "--until"])
def test_invalid_date_is_a_usage_error(option: str, text: str) -> None:
    with pytest.raises(SystemExit) as caught:
        parser().parse_args(["list", option, text])
    assert caught.value.code == 2


@pytest.mark.parametrize("text", ["198", "0198", "XEP-0198", "xep-198", "xep198"])
def test_xep_number_has_many_forms(text: str) -> None:
    assert parser().parse_args(["xeps", text]).number == 198


@pytest.mark.parametrize("text", ["0", "x", "XEP-", "198a", "-"])
def test_invalid_xep_number_is_a_usage_error(text: str) -> None:
    with pytest.raises(SystemExit) as caught:
        parser().parse_args(["xeps", text])
    assert caught.value.code == 2


@pytest.mark.parametrize("argv", [["--offline", "list"], ["list", "--offline"]])
def test_common_option_is_accepted_before_and_after_the_command(argv: list[str]) -> None:
    assert parser().parse_args(argv).offline
