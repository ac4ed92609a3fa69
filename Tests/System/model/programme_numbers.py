"""Decimals of currencies, and how programmes round."""

from fractions import Fraction
from math import ceil, floor

MINOR_DIGITS = {"VND": 0, "JPY": 0, "KRW": 0, "USD": 2, "EUR": 2, "GBP": 2, "BGN": 2, "HRK": 2, "KWD": 3}

ROUNDINGS = {"down": floor, "up": ceil, "nearest": lambda value: floor(value + Fraction(1, 2))}
