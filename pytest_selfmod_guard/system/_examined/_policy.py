"""The policy of HEAD, told apart from the defaults."""

from __future__ import annotations

from pytest_selfmod_guard.model import Base
from pytest_selfmod_guard.policy import OWN_FILE, TABLE_FILE, Policy, load, own_table


def policy_of(base: Base, folder: str) -> Policy | None:
    """
    Read a policy; None where the base has none.

    :param folder: the project's folder inside the repository, ``""`` for the top
    :raises PolicyError: the policy exists and is not usable
    """
    found = load(base, folder)
    places = dict.fromkeys((f"{folder}/" if folder else "", ""))
    return found if any(_is_at(base, place) for place in places) else None


def _is_at(base: Base, place: str) -> bool:
    shared = base.documents.get(place + TABLE_FILE, b"")
    return place + OWN_FILE in base.documents or own_table(shared, place + TABLE_FILE) is not None
