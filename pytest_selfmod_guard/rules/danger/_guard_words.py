"""Which words say that a condition keeps somebody or something out."""

from __future__ import annotations

import re

_STRONG = re.compile(
    r"(?i)permission|\bperms?\b|has_perm|is_staff|is_superuser|is_admin|superuser|\bis_owner"
    r"|can_(?:edit|view|delete|write|read|access|manage|see)|\broles?\b|is_authenticated"
    r"|authenticated|authori[sz]ed|logged_in|signature|hmac|compare_digest|checksum|check_password"
    r"|checkpw|(?<!load_)verify_\w+|csrf|is_expired|expired|is_active|is_locked|locked_out|failed_attempts"
    r"|rate_?limit|throttl|allowed_(?:hosts?|origins?|ips?|domains?)|whitelist|allow_?list"
    r"|is_relative_to|is_safe|is_allowed|is_trusted|trusted|revoked|blacklist|block_?list|banned"
    r"|is_private|is_loopback|is_verified|two_factor|2fa|otp\b|nonce|commonpath"
)
_STEMS = (
    "permi", "perms", "staff", "superuser", "admin", "owner", "author", "role", "auth", "login",
    "logged", "signature", "hmac", "digest", "checksum", "sha256", "sha512", "sha1", "md5", "hash",
    "password", "csrf", "expire", "exp", "active", "locked", "attempts", "limit", "throttl",
    "allow", "whitelist", "trusted", "revoked", "banned", "tenant", "scope", "token", "secret",
    "credential", "otp", "nonce", "issuer", "audience", "origin", "role", "private", "safe",
)  # fmt: skip
_COMPARED = re.compile(
    r"(?i)\b(?:\w+_)?(?:owner|author|tenant|signature|digest|checksum|hexdigest|role|roles|sha256"
    r"|sha512|csrf|nonce|secret|api_key|password|issuer|audience)(?:_id|s)?\b"
    r"|\buser(?:_id|name)?\b.*(?:!=|==).*\b(?:user|current|owner|sub|request|self)|compare_digest"
    r"|attempts|expires?(?:_at)?\b|\b(?:exp|allowed_\w+|permissions?|scopes?)\b"
)
_NAMED = re.compile(
    r"(?i)login_required|\blogin\b|auth(?!or\b|ors\b)|permission|user_passes_test|requires?_\w*"
    r"(?:role|admin|staff|user|scope|perm|owner|token|key)|(?:role|admin|staff|token|scope|key|user"
    r"|owner|member|superuser)s?_(?:required|only)|_?check_(?:access|owner|perm\w*|object_perm\w*"
    r"|signature|token|csrf|password|quota|limit|user|role|admin|hash|digest|checksum|integrity)"
    r"|csrf_protect|rate_?limit|limiter|throttle|(?<!load_)verify_\w+|verified|current_(?:active_)?user"
    r"|get_(?:current_)?user|require_(?:user|login|admin|owner)|tenant|validate_(?:token|signature"
    r"|csrf|host|origin|path|url|checksum)|(?:ensure|assert|require)_\w*(?:owner|user|admin|staff|access"
    r"|safe|allowed|perm|auth|login|trusted|signed)|oauth|jwt|api_key|is_staff|signed"
)


def strong(code: str) -> frozenset[str]:
    """Say what a condition is about that speaks for itself."""
    return _stems(code) if _STRONG.search(code) else frozenset()


def words(code: str) -> frozenset[str]:
    """Say what a comparison is about, if about safety."""
    return _stems(code) if _STRONG.search(code) or _COMPARED.search(code) else frozenset()


def said_by(name: str) -> frozenset[str]:
    """Say what a decorator or a function with a telling name is about."""
    return _stems(name) | {"check"} if _NAMED.search(name) else frozenset()


HARD = ("compare_digest", "check_password", "checkpw", "verify_password")
"""What nothing else stands in for."""


def _stems(code: str) -> frozenset[str]:
    lowered = code.lower()
    if hard := [word for word in HARD if word in lowered]:
        return frozenset(hard)
    return frozenset(stem for stem in _STEMS if stem in lowered) or frozenset(("check",))
