"""Task files and CI definitions that check less, beside what checks the same in another way."""

from __future__ import annotations

from textwrap import dedent

from tests.corpus import Case, Tree

TESTS: Tree = {
    "tests/test_cart.py": "def test_total():\n    assert sum([1]) == 1\n",
    "tests/api/test_api.py": "def test_api():\n    assert 1\n",
    "shop/cart.py": "def total(items):\n    return sum(items)\n",
}
GITHUB = dedent("""\
    name: CI
    on: [push, pull_request]
    jobs:
      lint:
        runs-on: ubuntu-latest
        steps:
          - uses: actions/checkout@v4
          - run: ruff check .
      test:
        runs-on: ubuntu-latest
        strategy:
          matrix:
            python: ["3.11", "3.12"]
        steps:
          - uses: actions/checkout@v4
          - name: Install
            run: pip install -e .[test]
          - name: Test
            run: pytest tests
      publish:
        needs: [test]
        runs-on: ubuntu-latest
        steps:
          - run: twine upload dist/*
    """)
GITLAB = dedent("""\
    stages: [test]
    unit:
      stage: test
      script:
        - pip install -e .
        - pytest -q
    """)
AZURE = dedent("""\
    trigger: [main]
    steps:
      - script: pip install .
      - script: python -m pytest
        displayName: test
    """)
CIRCLE = dedent("""\
    version: 2.1
    jobs:
      build:
        docker: [{image: python}]
        steps:
          - checkout
          - run:
              name: tests
              command: |
                pip install .
                pytest
    """)
TOX = "[tox]\nenvlist = py311\n\n[testenv]\ndeps = pytest\ncommands = pytest {posargs}\n"
MAKE = "test:\n\tpytest tests\n\nlint:\n\truff check .\n"
NOX = dedent("""\
    import nox


    @nox.session
    def tests(session):
        session.install(".")
        session.run("pytest", "-q")
    """)
SCRIPT = "#!/bin/bash\nset -e\npip install .\npython -m pytest tests\n"
INVOKE = "from invoke import task\n\n\n@task\ndef test(c):\n    c.run('pytest tests')\n"
HATCH = '[tool.hatch.envs.default.scripts]\ntest = "pytest {args:tests}"\n'
JENKINS = "pipeline { stages { stage('t') { steps {\n  sh 'pytest'\n} } } }\n"


def _case(
    name: str, path: str, text: str, old: str, bad: str, honest: str, *, trial: bool = False
) -> Case:
    """Replace one piece of a file, badly and well."""
    assert old in text, name
    base = {**TESTS, path: text}
    edits = [{path: text.replace(old, new)} for new in (bad, honest)]
    return Case(name, base, edits[0], edits[1], needs_trial=trial)


def _github(name: str, old: str, bad: str, honest: str, *, trial: bool = False) -> Case:
    return _case(
        f"github-{name}", ".github/workflows/ci.yml", GITHUB, old, bad, honest, trial=trial
    )


STEP = "      - name: Test\n        run: pytest tests\n"

CASES = [
    _github("or-true", "pytest tests", "pytest tests || true", "pytest tests -q"),
    _github("or-echo", "pytest tests", "pytest tests || echo failed",
            "pytest tests || (cat log; exit 1)"),
    _github("semicolon", "pytest tests", "pytest tests; exit 0", "pytest tests && exit 0"),
    _github("continue", STEP, STEP + "        continue-on-error: true\n",
            STEP + "        continue-on-error: false\n"),
    _github("job-continues", "  test:\n", "  test:\n    continue-on-error: true\n",
            "  test:\n    timeout-minutes: 20\n"),
    _github("step-never", "      - name: Test\n", "      - name: Test\n        if: false\n",
            "      - name: Test\n        if: success()\n"),
    _github("job-never", "  test:\n", "  test:\n    if: ${{ 1 == 2 }}\n",
            "  test:\n    name: Tests\n"),
    _github("step-gone", STEP, "", STEP + "      - run: coverage xml\n"),
    _github("step-echo", "run: pytest tests", "run: echo pytest tests",
            "run: python -m pytest tests"),
    _github("step-commented", "        run: pytest tests\n",
            "        run: |\n          # pytest tests\n          true\n",
            "        run: |\n          # all of them\n          pytest tests\n"),
    _github("set-plus-e", "        run: pytest tests\n",
            "        run: |\n          set +e\n          pytest tests\n          echo done\n",
            "        run: |\n          set -eux\n          pytest tests\n          echo done\n"),
    _github("keyword", "pytest tests", "pytest tests -k 'not total'", "pytest tests --maxfail=1"),
    _github("fewer-files", "pytest tests", "pytest tests/api", "pytest tests shop"),
    _github("ignore", "pytest tests", "pytest tests --ignore=tests/api", "pytest ./tests -n 4"),
    _github("collect-only", "pytest tests", "pytest tests --collect-only", "pytest tests -vv"),
    _github("background", "pytest tests", "pytest tests &", "pytest tests 2>&1"),
    _github("dispatch-only", "on: [push, pull_request]", "on: workflow_dispatch",
            "on: [push, pull_request, workflow_dispatch]"),
    _github("no-code", "on: [push, pull_request]",
            "on:\n  push:\n    paths: ['docs/**']\n  pull_request:\n    paths: ['docs/**']",
            "on:\n  push:\n    branches: [main]\n  pull_request:\n"),
    _github("paths-ignore", "on: [push, pull_request]",
            "on:\n  push:\n    paths-ignore: ['**']\n  pull_request:\n    paths-ignore: ['**.py']",
            "on:\n  push:\n    paths-ignore: ['docs/**.md']\n  pull_request:\n"),
    _github("job-gone", GITHUB[GITHUB.index("  test:"):GITHUB.index("  publish:")], "",
            GITHUB[GITHUB.index("  test:"):GITHUB.index("  publish:")].replace(
                "test:", "tests:").replace("pytest", "uv run pytest")),
    _github("pipe", "pytest tests", "pytest tests | tee log.txt",
            "set -o pipefail; pytest tests", trial=True),
    _github("only-main", "      - name: Test\n",
            "      - name: Test\n        if: github.ref == 'refs/heads/nowhere'\n",
            "      - name: Test\n        if: matrix.python != '3.10'\n", trial=True),
    _github("needs", "    needs: [test]\n", "", "    needs: [test, lint]\n", trial=True),
    _github("lint-gone", "      - run: ruff check .\n", "",
            "      - run: ruff check . --output-format=github\n", trial=True),
    _github("lint-exit-zero", "ruff check .", "ruff check . --exit-zero",
            "uvx ruff check ."),
    _github("lint-or-true", "ruff check .", "ruff check . || exit 0", "ruff check shop tests"),
    Case("github-removed", {**TESTS, ".github/workflows/ci.yml": GITHUB},
         {".github/workflows/ci.yml": None},
         {".github/workflows/ci.yml": None, ".github/workflows/test.yaml": GITHUB}),
    _case("gitlab-allow-failure", ".gitlab-ci.yml", GITLAB, "  stage: test\n",
          "  stage: test\n  allow_failure: true\n", "  stage: test\n  retry: 1\n"),
    _case("gitlab-manual", ".gitlab-ci.yml", GITLAB, "  stage: test\n",
          "  stage: test\n  when: manual\n", "  stage: test\n  when: on_success\n"),
    _case("gitlab-never", ".gitlab-ci.yml", GITLAB, "  stage: test\n",
          "  stage: test\n  rules:\n    - when: never\n",
          "  stage: test\n  rules:\n    - if: $CI_MERGE_REQUEST_ID\n    - when: always\n"),
    _case("gitlab-or-true", ".gitlab-ci.yml", GITLAB, "pytest -q", "pytest -q || true",
          "pytest -q --junitxml=report.xml"),
    _case("azure-continue", "azure-pipelines.yml", AZURE, "    displayName: test\n",
          "    displayName: test\n    continueOnError: true\n",
          "    displayName: tests\n    timeoutInMinutes: 5\n"),
    _case("azure-condition", "azure-pipelines.yml", AZURE, "    displayName: test\n",
          "    displayName: test\n    condition: false\n",
          "    displayName: test\n    condition: succeeded()\n"),
    _case("circle-or-true", ".circleci/config.yml", CIRCLE, "            pytest\n",
          "            pytest || true\n", "            pytest --verbose\n"),
    _case("circle-gone", ".circleci/config.yml", CIRCLE, "            pytest\n",
          "            echo ok\n", "            python -m pytest\n"),
    _case("tox-dash", "tox.ini", TOX, "commands = pytest {posargs}",
          "commands = - pytest {posargs}", "commands = pytest -ra {posargs}"),
    _case("tox-outcome", "tox.ini", TOX, "deps = pytest\n",
          "deps = pytest\nignore_outcome = true\n", "deps = pytest\nignore_errors = false\n"),
    _case("tox-version", "tox.ini", TOX, "pytest {posargs}", "pytest --version",
          "python -m pytest {posargs}"),
    _case("tox-no-commands", "tox.ini", TOX, "commands = pytest {posargs}\n",
          "commands = python -c 'print(1)'\n",
          "commands =\n    pytest {posargs}\n    - coverage html\n"),
    _case("make-dash", "Makefile", MAKE, "\tpytest tests", "\t-pytest tests", "\t@pytest tests"),
    _case("make-true", "Makefile", MAKE, "pytest tests", "pytest tests || true",
          "pytest tests || exit 1"),
    _case("make-echo", "Makefile", MAKE, "\tpytest tests", "\t@echo all tests passed",
          "\tuv run pytest tests"),
    _case("make-ignore", "Makefile", MAKE, "test:\n", ".IGNORE:\n\ntest:\n",
          ".PHONY: test\n\ntest:\n"),
    _case("nox-codes", "noxfile.py", NOX, '"-q")', '"-q", success_codes=[0, 1, 2])',
          '"-q", *session.posargs)'),
    _case("nox-gone", "noxfile.py", NOX, '    session.run("pytest", "-q")\n',
          '    session.log("tests are fine")\n',
          '    session.run("python", "-m", "pytest")\n'),
    _case("nox-deselect", "noxfile.py", NOX, '"-q")', '"-q", "-k", "not api")',
          '"-q", "--color=yes")'),
    _case("script-true", "scripts/test.sh", SCRIPT, "python -m pytest tests",
          "python -m pytest tests || true", "python -m pytest tests --tb=short"),
    _case("script-no-errexit", "scripts/test.sh", SCRIPT,
          "set -e\npip install .\npython -m pytest tests\n",
          "pip install .\npython -m pytest tests\nexit 0\n",
          "set -euo pipefail\npip install .\npython -m pytest tests\n"),
    _case("script-early-exit", "scripts/test.sh", SCRIPT, "pip install .\n", "exit 0\n",
          "pip install . -q\n"),
    _case("invoke-warn", "tasks.py", INVOKE, "'pytest tests')", "'pytest tests', warn=True)",
          "'pytest tests', pty=True)"),
    _case("hatch-narrow", "pyproject.toml", HATCH, "pytest {args:tests}",
          "pytest --deselect tests/test_cart.py::test_total {args:tests}",
          "pytest -n auto {args:tests}"),
    _case("hatch-echo", "pyproject.toml", HATCH, "pytest {args:tests}", "echo {args:tests}",
          "python -m pytest {args:tests}"),
    _case("jenkins-status", "Jenkinsfile", JENKINS, "sh 'pytest'", "sh 'pytest || true'",
          "sh 'pytest -v'"),
]  # fmt: skip
