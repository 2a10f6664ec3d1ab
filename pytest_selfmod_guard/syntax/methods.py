"""Methods of plain values that are carried out, and how they are kept small."""

from __future__ import annotations

from .codecs_known import decode, encode
from .formatting import format_template
from .sizes import REPEATS, Plain, Unfoldable, at_most

TEXT = {
    *("capitalize", "casefold", "center", "count", "endswith", "find"),
    *("index", "isalnum", "isalpha", "isascii", "isdigit", "isidentifier"),
    *("islower", "isspace", "istitle", "isupper", "ljust", "lower"),
    *("lstrip", "partition", "removeprefix", "removesuffix", "replace", "rfind"),
    *("rindex", "rjust", "rpartition", "rsplit", "rstrip", "split"),
    *("splitlines", "startswith", "strip", "swapcase", "title", "translate"),
    *("upper", "zfill", "join"),
}
METHODS: dict[type, set[str]] = {
    str: TEXT | {"encode", "format", "format_map", "isdecimal", "isnumeric", "isprintable"},
    bytes: TEXT - {"casefold", "isidentifier"} | {"decode", "hex", "tobytes"},
    int: {"bit_length", "to_bytes", "bit_count"},
    float: {"hex", "is_integer"},
    dict: {"get", "items", "keys", "values", "copy"},
    list: {"count", "index", "copy"},
    tuple: {"count", "index"},
}


def call_method(owner: Plain, name: str, args: list[Plain], named: dict[str, Plain]) -> Plain:
    """
    Call one of the known methods of a plain value.

    :raises Unfoldable: for an unknown method, or a result that would be too large
    """
    if name not in METHODS.get(type(owner), ()):
        raise Unfoldable
    if name == "tobytes":
        return owner  # of an array of bytes
    if name == "encode":
        return encode(owner, *args, **named)
    if name == "decode":
        return decode(owner, *args, **named)
    if name == "format":
        return format_template(owner, args, named)
    if name == "format_map":
        return format_template(owner, [], *args)
    _check(owner, name, [*args, *named.values()])
    result = getattr(owner, name)(*args, **named)
    return (
        list(result) if isinstance(owner, dict) and name in ("items", "keys", "values") else result
    )


def _check(owner: Plain, name: str, args: list[Plain]) -> None:
    """Refuse what would become large, before it is made."""
    for arg in args:
        if isinstance(arg, int):
            at_most(abs(arg), REPEATS)
    if name == "join":
        (parts,) = args
        _ordered(parts)
        at_most(sum(map(len, parts)) + len(owner) * len(parts))
    elif name == "replace":
        at_most(len(owner) + owner.count(args[0]) * len(args[1]))
    elif name == "translate" and isinstance(args[0], dict):
        values = (v for v in args[0].values() if isinstance(v, str))
        at_most(len(owner) * max(map(len, values), default=1))


def _ordered(parts: object) -> None:
    """A set gives its elements in an order that is not the file's to know."""
    if isinstance(parts, frozenset) and len(parts) > 1:
        raise Unfoldable
