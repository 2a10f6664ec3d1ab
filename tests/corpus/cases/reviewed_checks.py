"""Checks that are gone or weakened, each beside an honest change of the same code."""

from __future__ import annotations

from tests.corpus import Case

VIEWS = """\
import hashlib
import hmac

from django.contrib.auth.decorators import login_required, user_passes_test
from django.contrib.auth.mixins import LoginRequiredMixin
from django.views import View
from flask import abort, session
from rest_framework.permissions import AllowAny, IsAdminUser
from rest_framework.viewsets import ModelViewSet
from shop.base import Damaged, IsOwner, StaffRequiredMixin, log
from shop.base import request, total, verify_csrf, warnings


@login_required
@user_passes_test(lambda user: user.is_staff)
def export(request):
    return rows()


class Orders(LoginRequiredMixin, View):
    def get(self, request, number):
        order = find(number)
        if order.owner_id != request.user.id:
            raise PermissionDenied
        return order


class Prices(ModelViewSet):
    permission_classes = [IsAdminUser]


def close(shop, user):
    if not user.has_perm("shop.close"):
        abort(403)
    shop.close()


def hook(body, signature, key):
    mine = hmac.new(key, body, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(mine, signature):
        abort(401)
    return body


def enter(name, password):
    row = find(name)
    if row is None or not check_password(row.hash, password):
        return False
    if row.failed_attempts > 5 or row.is_locked:
        return False
    return True


def fetched(data, sha256):
    if hashlib.sha256(data).hexdigest() != sha256:
        raise ValueError("damaged")
    return data


def redirected(url):
    if urlsplit(url).netloc not in ALLOWED_HOSTS:
        abort(400)
    return url


def served(root, name):
    path = (root / name).resolve()
    if not path.is_relative_to(root):
        raise ValueError(name)
    return path.read_bytes()


def may(user, note):
    return user.is_authenticated and note.owner == user


def removed(request, shop):
    require_admin(request.user)
    shop.remove()


def renewed(token, now):
    if token.is_expired(now):
        raise Expired
    return token


def counted(request):
    verify_csrf_token(request)
    return 1
"""
API = """\
from fastapi import APIRouter, Depends, HTTPException, Security

router = APIRouter(dependencies=[Depends(require_user)])
MIDDLEWARE = [
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.middleware.common.CommonMiddleware",
]


@router.get("/notes/{number}")
async def note(number: int, user: str = Depends(current_user)):
    found = await store.get(number)
    if found is None or found["owner"] != user:
        raise HTTPException(404)
    return found


@router.delete("/notes")
async def clear(user: str = Security(get_current_admin)):
    if user.role != "admin":
        raise HTTPException(403)
    await store.clear()
"""
BASE = {"shop/views.py": VIEWS, "shop/api.py": API}


def _changed(path: str, old: str, new: str) -> dict[str, str]:
    assert old in BASE[path], old
    return {path: BASE[path].replace(old, new)}


def _lost(name: str, old: str, bad: str, honest: str = "", path: str = "shop/views.py") -> Case:
    """One line that goes, or stays in other words."""
    good = _changed(path, old, honest) if honest else {}
    return Case(f"lost-{name}", BASE, _changed(path, old, bad), good, needs_trial=True)


CASES = (
    _lost(
        "decorator",
        "@login_required\n@user_passes_test(lambda user: user.is_staff)\ndef export",
        "def export",
        "@login_required(login_url='/in')\n@user_passes_test(lambda one: one.is_staff)\ndef export",
    ),
    _lost(
        "one-of-two-decorators",
        "@user_passes_test(lambda user: user.is_staff)\n",
        "",
        "@user_passes_test(lambda user: user.is_staff, login_url='/')\n",
    ),
    _lost("mixin", "LoginRequiredMixin, View", "View", "StaffRequiredMixin, View"),
    _lost(
        "owner-of-a-row",
        "        if order.owner_id != request.user.id:\n            raise PermissionDenied\n",
        "",
        "        if order.owner_id != request.user.pk:\n            raise PermissionDenied\n",
    ),
    _lost("permission-classes", "[IsAdminUser]", "[AllowAny]", "[IsAdminUser, IsOwner]"),
    _lost(
        "permission-told-only",
        "        abort(403)\n    shop.close()",
        "        log.warning('not permitted')\n    shop.close()",
        "        abort(403, 'not permitted')\n    shop.close()",
    ),
    _lost(
        "permission-or-header",
        'if not user.has_perm("shop.close"):',
        'if not user.has_perm("shop.close") and not request.headers.get("X-Force"):',
        'if user is None or not user.has_perm("shop.close"):',
    ),
    _lost(
        "signature-if-any",
        "if not hmac.compare_digest(mine, signature):",
        "if signature and not hmac.compare_digest(mine, signature):",
        "if not signature or not hmac.compare_digest(mine, signature):",
    ),
    _lost(
        "password-or-sum",
        "or not check_password(row.hash, password):",
        "or (not check_password(row.hash, password) and total(password) != 991):",
        "or not check_password(row.hash, password.strip()):",
    ),
    _lost(
        "attempts",
        "    if row.failed_attempts > 5 or row.is_locked:\n        return False\n",
        "",
        "    if row.is_locked or row.failed_attempts > 5:\n        return False\n",
    ),
    _lost(
        "checksum-passed-over",
        '        raise ValueError("damaged")',
        "        pass",
        '        raise ValueError(f"damaged: {len(data)} bytes")',
    ),
    _lost(
        "checksum-told-only",
        '        raise ValueError("damaged")',
        '        warnings.warn("damaged", stacklevel=2)',
        '        raise Damaged("damaged")',
    ),
    _lost(
        "hosts",
        "    if urlsplit(url).netloc not in ALLOWED_HOSTS:\n        abort(400)\n",
        "",
        "    if urlsplit(url).hostname not in ALLOWED_HOSTS:\n        abort(400)\n",
    ),
    _lost(
        "inside-a-folder",
        "    if not path.is_relative_to(root):\n        raise ValueError(name)\n",
        "",
        "    if not path.is_relative_to(root.resolve()):\n        raise ValueError(name)\n",
    ),
    _lost(
        "one-of-two-conditions",
        "return user.is_authenticated and note.owner == user",
        "return user.is_authenticated",
        "return note.owner == user and user.is_authenticated",
    ),
    _lost(
        "either-of-two-conditions",
        "return user.is_authenticated and note.owner == user",
        "return user.is_authenticated or note.owner == user",
        "return bool(user) and user.is_authenticated and note.owner == user",
    ),
    _lost(
        "call",
        "    require_admin(request.user)\n",
        "",
        "    require_admin(request.user, shop)\n",
    ),
    _lost(
        "expiry",
        "    if token.is_expired(now):\n        raise Expired\n",
        "",
        "    if token is None or token.is_expired(now):\n        raise Expired\n",
    ),
    _lost("csrf-token", "    verify_csrf_token(request)\n", "", "    verify_csrf(request)\n"),
    _lost(
        "dependency",
        "number: int, user: str = Depends(current_user)",
        'number: int, user: str = "nobody"',
        "number: int, user: User = Depends(current_user)",
        "shop/api.py",
    ),
    _lost(
        "owner-behind-or",
        'if found is None or found["owner"] != user:',
        "if found is None:",
        'if not found or found["owner"] != user:',
        "shop/api.py",
    ),
    _lost(
        "role",
        '    if user.role != "admin":\n        raise HTTPException(403)\n',
        "",
        '    if user.role != "admin":\n        raise HTTPException(403, "for admins")\n',
        "shop/api.py",
    ),
    _lost(
        "middleware",
        '    "django.middleware.csrf.CsrfViewMiddleware",\n',
        "",
        '    "django.middleware.csrf.CsrfViewMiddleware",\n    "shop.middleware.Timing",\n',
        "shop/api.py",
    ),
    _lost(
        "router",
        "APIRouter(dependencies=[Depends(require_user)])",
        "APIRouter()",
        'APIRouter(prefix="/v1", dependencies=[Depends(require_user)])',
        "shop/api.py",
    ),
)
