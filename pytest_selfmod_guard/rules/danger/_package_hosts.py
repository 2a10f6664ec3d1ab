"""How far the hosts can be trusted that packages come from."""

from __future__ import annotations

import re

from pytest_selfmod_guard.model import Risk

_FORGES = (
    "github.com",
    "gitlab.com",
    "bitbucket.org",
    "codeberg.org",
    "git.sr.ht",
    "pypi.org",
    "files.pythonhosted.org",
)
_INDEXES = (
    "pypi.org", "test.pypi.org", "upload.pypi.org", "pypi.python.org", "download.pytorch.org",
    "pypi.nvidia.com", "pypi.anaconda.org",
    "wheels.vllm.ai", "data.pyg.org", "storage.googleapis.com", "dl.fbaipublicfiles.com",
    "registry.npmjs.org",
    "pypi.ngc.nvidia.com", "wheels.galaxyproject.org", "abetlen.github.io", "conda.anaconda.org",
)  # fmt: skip
_PINNED = re.compile(r"(?i)[@#=/][0-9a-f]{40}\b|rev\s{0,9}=\s{0,9}[\"'][0-9a-f]{40}")


def of_index(url: str) -> Risk:
    """Say how bad it is to take packages from an index."""
    host = host_of(url)
    if not url.startswith("http") or host in ("localhost", "127.0.0.1", "pypi.org"):
        return Risk.NONE
    if host in _INDEXES:
        return Risk.LOW
    private = host.endswith(
        (
            ".pkg.dev",
            "pkgs.dev.azure.com",
            ".jfrog.io",
            ".amazonaws.com",
            "gitlab.com",
            "github.com",
            ".internal",
            ".local",
        )
    )
    return Risk.MEDIUM if private and url.startswith("https") else Risk.HIGH


def of_direct(url: str, line: str) -> Risk:
    """Say how bad it is to take one package from an address."""
    host = host_of(url)
    if host in _FORGES and not url.startswith(("http:", "git+http:", "git+git:")):
        return Risk.LOW if _PINNED.search(line) else Risk.MEDIUM
    return Risk.MEDIUM if host in _INDEXES else Risk.HIGH


def host_of(url: str) -> str:
    """Give the host of an address."""
    rest = url.partition("://")[2].partition("/")[0]
    return rest.rpartition("@")[2].partition(":")[0].lower()
