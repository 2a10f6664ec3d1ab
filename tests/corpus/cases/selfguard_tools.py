"""What keeps watch over the code is switched off: by a comment, a setting, a hook, a job."""

from __future__ import annotations

from tests.corpus import Case

CART = "import subprocess\n\n\ndef listing(path):\n    return subprocess.run(['ls', path])\n"
BASE = {
    "shop/__init__.py": "",
    "shop/cart.py": CART,
    "shop/prices.py": "RATE = 19\n",
    "tests/test_cart.py": "from shop import cart\n\n\ndef test_it():\n    assert cart\n",
    "README.md": "# Shop\n",
}
RUN = "    return subprocess.run(['ls', path])"


def _comment(text: str, before: str = "") -> dict[str, str]:
    return {"shop/cart.py": before + CART.replace(RUN, f"{RUN}  {text}")}


def _config(
    name: str, path: str, old: str, bad: str, honest: str, more: dict[str, str] | None = None
) -> Case:
    """Change one file of configuration."""
    return Case(name, {**BASE, **(more or {}), path: old}, {path: bad}, {path: honest})


HOOKS = """\
repos:
  - repo: https://github.com/PyCQA/bandit
    rev: 1.8.0
    hooks:
      - id: bandit
        args: [-r, shop]
  - repo: https://github.com/pre-commit/mirrors-mypy
    rev: v1.18.0
    hooks:
      - id: mypy
  - repo: https://github.com/psf/black
    rev: 25.1.0
    hooks:
      - id: black
"""
BLACK = HOOKS[HOOKS.index("  - repo: https://github.com/psf") :]
MYPY = HOOKS[HOOKS.index("  - repo: https://github.com/pre-commit/") : HOOKS.index(BLACK)]
CODEQL = "on: [push]\njobs:\n  a:\n    steps:\n      - uses: github/codeql-action/init@v3\n"
CI = """\
name: ci
on: [push, pull_request]
jobs:
  lint:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v5
      - name: types
        run: mypy --strict shop
      - name: security
        run: |
          pip install bandit pip-audit
          bandit -r shop -ll
          pip-audit
"""
RUFF = """\
[project]
name = "shop"

[tool.ruff]
line-length = 100

[tool.ruff.lint]
select = ["E", "F", "B", "S", "UP"]
ignore = ["S101"]

[tool.mypy]
strict = true
warn_unreachable = true

[tool.bandit]
exclude_dirs = ["tests"]
skips = ["B101"]
"""
FLAKE8 = "[flake8]\nmax-line-length = 100\nextend-ignore = E203\nmax-complexity = 10\n"
PYLINT = (
    "[MAIN]\njobs=1\n\n[MESSAGES CONTROL]\ndisable=missing-docstring,\n    too-few-public-methods\n"
)
PYRIGHT = '{\n  "typeCheckingMode": "strict",\n  "exclude": ["build"]\n}\n'

COMMENTS = [
    Case("nosec", BASE, _comment("# nosec"), _comment("# noqa: E501")),
    Case("nosec-by-number", BASE, _comment("#nosec B602, B607 - checked"), _comment("# list it")),
    Case("noqa-security", BASE, _comment("# NOQA:S602"), _comment("# noqa: UP022")),
    Case("noqa-among-others", BASE, _comment("# fine  # noqa: E501,S605"), _comment("# fine")),
    Case("nosemgrep", BASE, _comment("# nosemgrep: dangerous-call"), _comment("# not semgrep's")),
    Case("selfmod-allow", BASE, _comment('# selfmod: allow[SMG202] reason="safe"'), {}),
    Case(
        "selfmod-ignore", BASE, _comment("# selfmod:ignore"), _comment("# selfmade, no ignorance")
    ),
    Case("sonar", BASE, _comment("# NOSONAR"), _comment("# no sonar in this ship")),
    Case("codeql", BASE, _comment("# codeql[py/command-line-injection]"), _comment("# a list")),
    Case(
        "secret-allowed",
        {**BASE, "deploy/app.yaml": "key: ${KEY}\n"},
        {"deploy/app.yaml": "key: abcdef0123456789  # pragma: allowlist secret\n"},
        {"deploy/app.yaml": "key: ${NEW_KEY}  # from the vault\n"},
    ),
    Case("ruff-file", BASE, _comment("", "# ruff: noqa\n"), _comment("", "# ruff is our linter\n")),
    Case("flake8-file", BASE, _comment("", "# flake8: noqa\n"), _comment("", "# noqa: D100\n")),
    Case(
        "mypy-file", BASE, _comment("", "# mypy: ignore-errors\n"), _comment("", "# mypy: strict\n")
    ),
    Case(
        "types-file", BASE, _comment("", "# type: ignore\n"), _comment("# type: ignore[arg-type]")
    ),
    Case("pylint-file", BASE, _comment("", "# pylint: skip-file\n"), _comment("", "# a module\n")),
    Case(
        "pylint-all",
        BASE,
        _comment("", "# pylint: disable=all\n"),
        _comment("# pylint: disable=W1510"),
    ),
    Case(
        "pyre-file",
        BASE,
        _comment("", "# pyre-ignore-all-errors\n"),
        _comment("", "# pyre-strict\n"),
    ),
]

SETTINGS = [
    _config(
        "bandit-skips",
        "pyproject.toml",
        RUFF,
        RUFF.replace('skips = ["B101"]', 'skips = ["B101", "B602", "B605"]'),
        RUFF.replace('skips = ["B101"]', "skips = ['B101',]  # asserts"),
    ),
    _config(
        "bandit-skips-first",
        "pyproject.toml",
        "[project]\nname = 'shop'\n",
        "[project]\nname = 'shop'\n[tool.bandit]\nskips = ['B307']\n",
        "[project]\nname = 'shop'\n[tool.bandit]\nexclude_dirs = ['tests']\n",
    ),
    _config(
        "bandit-leaves-product-out",
        "pyproject.toml",
        RUFF,
        RUFF.replace('exclude_dirs = ["tests"]', 'exclude_dirs = ["tests", "shop"]'),
        RUFF.replace('exclude_dirs = ["tests"]', 'exclude_dirs = ["docs", "tests"]'),
    ),
    _config(
        "bandit-yaml",
        "bandit.yaml",
        "skips: [B101]\n",
        "skips: [B101, B301]\n",
        "# asserts are fine\nskips:\n  - B101\n",
    ),
    _config(
        "bandit-ini",
        ".bandit",
        "[bandit]\nskips = B101\n",
        "[bandit]\nskips = B101,B324\n",
        "[bandit]\nskips: B101\n",
    ),
    _config(
        "ruff-ignore-s",
        "pyproject.toml",
        RUFF,
        RUFF.replace('ignore = ["S101"]', 'ignore = ["S101", "S6"]'),
        RUFF.replace('ignore = ["S101"]', 'ignore = ["S101", "UP006", "E501"]'),
    ),
    _config(
        "ruff-deselect-s",
        "pyproject.toml",
        RUFF,
        RUFF.replace('"B", "S", "UP"', '"B", "UP"'),
        RUFF.replace('"B", "S", "UP"', '"UP", "S", "B", "SIM"'),
    ),
    _config(
        "ruff-all-off",
        "pyproject.toml",
        RUFF,
        RUFF.replace('["S101"]', '["ALL"]'),
        RUFF.replace('["S101"]', '["S101", "D"]'),
    ),
    _config(
        "ruff-per-file",
        "pyproject.toml",
        RUFF,
        RUFF.replace(
            "[tool.mypy]", '[tool.ruff.lint.per-file-ignores]\n"shop/**" = ["S"]\n[tool.mypy]'
        ),
        RUFF.replace(
            "[tool.mypy]", '[tool.ruff.lint.per-file-ignores]\n"tests/**" = ["S"]\n[tool.mypy]'
        ),
    ),
    _config(
        "ruff-everything-excluded",
        "pyproject.toml",
        RUFF,
        RUFF.replace("line-length = 100", 'line-length = 100\nextend-exclude = ["**/*.py"]'),
        RUFF.replace("line-length = 100", 'line-length = 120\nextend-exclude = ["docs/conf.py"]'),
    ),
    Case(
        "ruff-shadowed",
        {**BASE, "pyproject.toml": RUFF},
        {"shop/ruff.toml": "lint.select = ['E']\n"},
        {"shop/ruff.toml": "line-length = 88\nlint.select = ['E', 'F', 'B', 'S', 'UP']\n"},
    ),
    _config(
        "flake8-real-errors",
        ".flake8",
        FLAKE8,
        FLAKE8.replace("E203", "E203,F821,F823"),
        FLAKE8.replace("E203", "E203, W503"),
    ),
    _config(
        "flake8-excludes-all",
        ".flake8",
        FLAKE8,
        FLAKE8 + "exclude = .\n",
        FLAKE8 + "exclude = .git,build\n",
    ),
    _config(
        "flake8-exit-zero",
        "setup.cfg",
        FLAKE8,
        FLAKE8 + "exit-zero = true\n",
        FLAKE8 + "count = true\n",
    ),
    _config(
        "pylint-all-off",
        ".pylintrc",
        PYLINT,
        PYLINT.replace("missing-docstring,", "all,"),
        PYLINT.replace("missing-docstring,", "line-too-long,missing-docstring,"),
    ),
    _config(
        "mypy-not-strict",
        "pyproject.toml",
        RUFF,
        RUFF.replace("strict = true", "strict = false"),
        RUFF.replace("strict = true", "strict = true\npretty = true"),
    ),
    _config(
        "mypy-strict-dropped",
        "pyproject.toml",
        RUFF,
        RUFF.replace("strict = true\n", ""),
        RUFF.replace(
            "strict = true\nwarn_unreachable = true", "warn_unreachable = true\nstrict = true"
        ),
    ),
    _config(
        "mypy-ignores-errors",
        "mypy.ini",
        "[mypy]\nfiles = shop\n",
        "[mypy]\nfiles = shop\nignore_errors = True\n",
        "[mypy]\nfiles = shop\n[mypy-some_library.*]\nignore_missing_imports = True\n",
    ),
    _config(
        "mypy-ignores-product",
        "pyproject.toml",
        RUFF,
        RUFF + "[[tool.mypy.overrides]]\nmodule = 'shop.*'\nignore_errors = true\n",
        RUFF
        + "[[tool.mypy.overrides]]\nmodule = ['yaml.*', 'toml']\nignore_missing_imports = true\n",
    ),
    _config(
        "mypy-excludes",
        "pyproject.toml",
        RUFF,
        RUFF.replace("strict = true", "strict = true\nexclude = '^shop/.*'"),
        RUFF.replace("strict = true", "strict = true\nexclude = '^(build|docs)/'"),
    ),
    _config(
        "pyright-off",
        "pyrightconfig.json",
        PYRIGHT,
        PYRIGHT.replace('"strict"', '"off"'),
        '{\n  // as ever\n  "exclude": ["build"],\n  "typeCheckingMode": "strict",\n}\n',
    ),
    _config(
        "pyright-excludes",
        "pyrightconfig.json",
        PYRIGHT,
        PYRIGHT.replace('"build"', '"build", "shop"'),
        PYRIGHT.replace('"build"', '"build", "node_modules"'),
    ),
]

WATCH = [
    _config(
        "hook-bandit-removed",
        ".pre-commit-config.yaml",
        HOOKS,
        HOOKS[: HOOKS.index("  - repo: https://github.com/PyCQA")]
        + HOOKS[HOOKS.index("  - repo: https://github.com/pre-commit/mirrors") :],
        HOOKS.replace("1.8.0", "1.9.1").replace("25.1.0", "26.1.0"),
    ),
    _config(
        "hooks-emptied",
        ".pre-commit-config.yaml",
        HOOKS,
        "repos: []\n",
        HOOKS.replace(
            BLACK,
            "",
        ),
    ),
    Case(
        "hooks-deleted",
        {**BASE, ".pre-commit-config.yaml": HOOKS},
        {".pre-commit-config.yaml": None},
        {".pre-commit-config.yaml": "# our hooks\n" + HOOKS},
    ),
    _config(
        "hook-commented-out",
        ".pre-commit-config.yaml",
        HOOKS,
        HOOKS.replace(
            MYPY,
            "  # - repo: https://github.com/pre-commit/mirrors-mypy\n",
        ),
        HOOKS.replace(
            "      - id: mypy\n",
            "      - id: mypy\n        additional_dependencies: [types-PyYAML]\n",
        ),
    ),
    _config(
        "hook-by-hand",
        ".pre-commit-config.yaml",
        HOOKS,
        HOOKS.replace("- id: bandit\n", "- id: bandit\n        stages: [manual]\n"),
        HOOKS.replace("- id: bandit\n", "- id: bandit\n        stages: [pre-commit, pre-push]\n"),
    ),
    _config(
        "hook-exit-zero",
        ".pre-commit-config.yaml",
        HOOKS,
        HOOKS.replace("[-r, shop]", "[-r, shop, --exit-zero]"),
        HOOKS.replace("[-r, shop]", "[--recursive, shop, -q]"),
    ),
    _config(
        "hook-leaves-product-out",
        ".pre-commit-config.yaml",
        HOOKS,
        HOOKS.replace("- id: bandit\n", "- id: bandit\n        exclude: ^shop/\n"),
        HOOKS.replace("- id: bandit\n", "- id: bandit\n        exclude: ^tests/\n"),
    ),
    _config(
        "hooks-leave-all-out",
        ".pre-commit-config.yaml",
        HOOKS,
        "exclude: '.*'\n" + HOOKS,
        "exclude: '^docs/'\n" + HOOKS,
    ),
    _config(
        "hooks-for-nothing",
        ".pre-commit-config.yaml",
        HOOKS,
        HOOKS.replace("- id: mypy\n", "- id: mypy\n        files: ^nothing/\n"),
        HOOKS.replace("- id: mypy\n", "- id: mypy\n        files: ^shop/\n"),
    ),
    _config(
        "hooks-stage-everywhere",
        ".pre-commit-config.yaml",
        HOOKS,
        "default_stages: [manual]\n" + HOOKS,
        "default_stages: [pre-commit]\n" + HOOKS,
    ),
    _config(
        "ci-or-true",
        ".github/workflows/ci.yml",
        CI,
        CI.replace("mypy --strict shop", "mypy --strict shop || true"),
        CI.replace("mypy --strict shop", "mypy --strict shop tests"),
    ),
    _config(
        "ci-continue",
        ".github/workflows/ci.yml",
        CI,
        CI.replace(
            "      - name: security\n", "      - name: security\n        continue-on-error: true\n"
        ),
        CI.replace("actions/checkout@v5", "actions/checkout@v6"),
    ),
    _config(
        "ci-if-false",
        ".github/workflows/ci.yml",
        CI,
        CI.replace("  lint:\n", "  lint:\n    if: false\n"),
        CI.replace("  lint:\n", "  lint:\n    timeout-minutes: 10\n"),
    ),
    _config(
        "ci-scan-dropped",
        ".github/workflows/ci.yml",
        CI,
        CI.replace("          bandit -r shop -ll\n", ""),
        CI.replace("bandit -r shop -ll", "bandit --recursive shop"),
    ),
    _config(
        "ci-commented-out",
        ".github/workflows/ci.yml",
        CI,
        CI.replace("          pip-audit\n", "          # pip-audit\n"),
        CI.replace("          pip-audit\n", "          pip-audit --strict\n"),
    ),
    _config(
        "ci-exit-zero",
        ".github/workflows/ci.yml",
        CI,
        CI.replace("bandit -r shop -ll", "bandit -r shop --exit-zero"),
        CI.replace("bandit -r shop -ll", "bandit -r shop -ll -ii"),
    ),
    _config(
        "ci-set-plus-e",
        ".github/workflows/ci.yml",
        CI,
        CI.replace("          bandit", "          set +e\n          bandit"),
        CI.replace("          bandit", "          set -eu\n          bandit"),
    ),
    _config(
        "makefile-dash",
        "Makefile",
        "lint:\n\tmypy shop\n\tbandit -r shop\n",
        "lint:\n\tmypy shop\n\t-bandit -r shop\n",
        "lint: types\n\tbandit -r shop\ntypes:\n\tmypy shop\n",
    ),
    _config(
        "gitlab-allowed-to-fail",
        ".gitlab-ci.yml",
        "scan:\n  script:\n    - semgrep ci\n",
        "scan:\n  allow_failure: true\n  script:\n    - semgrep ci\n",
        "scan:\n  stage: test\n  script:\n    - semgrep ci\n",
    ),
    Case(
        "codeql-deleted",
        {
            **BASE,
            ".github/workflows/codeql.yml": CODEQL,
        },
        {".github/workflows/codeql.yml": None},
        {".github/workflows/codeql.yml": CODEQL.replace("v3", "v4")},
    ),
]

CASES = [*COMMENTS, *SETTINGS, *WATCH]
