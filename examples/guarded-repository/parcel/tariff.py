"""The prices, in cents by the heaviest weight they hold for, in grams."""

from __future__ import annotations

TARIFF = {1000: 490, 5000: 790, 10000: 1190}
