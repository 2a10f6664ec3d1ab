"""What a parcel costs by its weight."""

from __future__ import annotations

from parcel.tariff import TARIFF


def postage(grams: int) -> int:
    """Return the price in cents; a parcel that is too heavy is a `ValueError`."""
    for heaviest, price in TARIFF.items():
        if grams <= heaviest:
            return price
    raise ValueError(f"no parcel may weigh {grams} g")
