"""What a parcel costs, and what is no parcel."""

from __future__ import annotations

import pytest

from parcel.postage import postage


def test_the_price_goes_by_weight() -> None:
    """The heaviest weight of a step still has its price."""
    assert [postage(grams) for grams in (1, 1000, 1001)] == [490, 490, 790]


def test_a_piano_is_no_parcel() -> None:
    """What is too heavy has no price."""
    with pytest.raises(ValueError, match="200000 g"):
        postage(200_000)
