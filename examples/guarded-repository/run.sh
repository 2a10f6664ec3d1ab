#!/usr/bin/env bash
# Plays this example in a temporary folder: an agent's good commit lands, its bad one is refused.
# Ends with 0 only if both went so. Needs git, pre-commit and selfmod-guard on the PATH.
set -euo pipefail

here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
scratch="$(mktemp -d)"
trap 'rm -rf "${scratch:?}"' EXIT

main() {
    need git "from https://git-scm.com/downloads, or by your system's packages"
    need selfmod-guard "by: python -m pip install pytest-selfmod-guard"
    need pre-commit "by: python -m pip install pre-commit"

    say "A repository with this example in it, and the hook installed"
    mkdir "$scratch/home"
    cp -R "$here" "$scratch/repository"
    cd "$scratch/repository"
    person git init --quiet
    person git config user.name "Sam Keeper"
    person git config user.email "sam@parcel.example"
    person pre-commit install
    person git add --all
    person git commit --quiet -m "Guard this repository"

    say "A good commit: the heaviest weight, and a test of it"
    good_change
    person git add --all
    agent git commit -m "Say how heavy a parcel may be" || fail "the good commit was refused"

    say "A bad commit: a weight may be a formula, and so may anything else"
    before="$(person git rev-parse HEAD)"
    bad_change
    person git add --all
    if agent git commit -m "Read a weight such as 2*500" >"$scratch/told" 2>&1; then
        fail "the bad commit landed"
    fi
    cat "$scratch/told"
    grep -q "SMG201" "$scratch/told" || fail "the bad commit was refused, but not for its eval"
    [ "$(person git rev-parse HEAD)" = "$before" ] || fail "the refused commit is there"

    say "Both went as they should: the good one landed, the bad one was refused."
}

good_change() {
    cat >>parcel/postage.py <<'EOF'


def heaviest() -> int:
    """Return the most that a parcel may weigh, in grams."""
    return max(TARIFF)
EOF
    cat >tests/test_heaviest.py <<'EOF'
"""How heavy a parcel may be."""

from __future__ import annotations

from parcel.postage import heaviest, postage


def test_the_heaviest_parcel_has_a_price() -> None:
    """The limit itself may still be sent."""
    assert postage(heaviest()) == 1190
EOF
}

bad_change() {
    cat >>parcel/postage.py <<'EOF'


def postage_of(weight: str) -> int:
    """Return the price of a weight such as "2*500"."""
    return postage(eval(weight))
EOF
}

# Nothing of your own settings acts, and no agent's marker either.
person() {
    env -i PATH="$PATH" HOME="$scratch/home" LANG=C.UTF-8 GIT_CONFIG_NOSYSTEM=1 "$@"
}

# The same with an agent's marker, by which the guard knows who commits.
agent() {
    person env AI_AGENT=example-agent "$@"
}

need() {
    command -v "$1" >/dev/null || fail "\"$1\" is not on the PATH; install it $2"
}

say() {
    printf '\n== %s\n' "$1"
}

fail() {
    printf 'example: %s\n' "$1" >&2
    exit 1
}

main
