"""Packages that many projects use besides the most popular; a new one of them is no surprise."""

from __future__ import annotations

_LISTED = """
aiocache aiodns aiomysql aiopg aiosmtplib aiosqlite annotated-types anyio appdirs apprise
argcomplete asgi-lifespan asyncinject asyncpg asyncssh autoflake backports-zoneinfo beartype
blacken-docs blockbuster bracex braintree brotli brotlicffi build cachecontrol cached-property
cattrs cbor2 cerberus channels channels-redis chevron cibuildwheel circus cleo click-default-group
click-plugins cloudscraper codespell cogapp coincurve colorful commitizen commonmark confection
configargparse connexion construct contextlib2 cramjam crashtest croniter cssselect cyclopts
daphne dataclasses-json datamodel-code-generator debugpy defusedxml deptry devpi devtools
diff-cover dill dirty-equals diskcache dj-database-url django-allauth django-celery-beat
django-celery-results django-debug-toolbar django-environ django-extensions django-import-export
django-ninja django-redis django-storages django-stubs djangorestframework-simplejwt
djangorestframework-stubs dnspython docformatter docstring-parser dramatiq drf-spectacular duckdb
duckduckgo-search dulwich dynaconf ecdsa editables elasticsearch email-validator environs
eralchemy eventlet exa-py exceptiongroup execnet expiringdict factory-boy fakeredis fastapi-cli
fastapi-users fasteners fastmcp feedparser find-libpython fire flask-admin flask-babel
flask-caching flask-compress flask-httpauth flask-jwt-extended flask-limiter flask-mail
flask-marshmallow flask-migrate flask-openid flask-restful flask-security flask-session
flask-socketio flask-talisman flask-wtf flit flit-core fpdf2 frozendict furo fuzzywuzzy gha-update
ghp-import gitdb gitlint graphql-core griffe gunicorn h11 h2 hatch hatch-fancy-pypi-readme
hatch-vcs hiredis hishel hpack html2text html5lib httpcore httpie httpx-sse hupper hypercorn
hyperlink icalendar identify igraph imagesize importlib-resources incremental influxdb-client
iniconfig inline-snapshot interrogate invoke jaraco-classes jaraco-text jax jaxlib jeepney
jinja2-time jiter jsonlines jsonnet jsonref jsonschema-path jsonschema-specifications justext
jwcrypto kafka-python lark lazy-object-proxy ldap3 librt limits line-profiler linkify-it-py
logfire loguru lupa lz4 makefun markdownify marshmallow maturin mcp mdit-py-plugins mdurl
memory-profiler mergedeep meson meson-python minio mitmproxy mkdocs molecule motor mpmath msal
msgspec multipart mutagen mypy-boto3 mysql-connector-python nanoid nats-py neo4j netifaces nox
num2words oauthlib odfpy openapi-pydantic openapi-spec-validator outcome oyaml paste patsy pdbpp
pdfminer-six pdfplumber pdm pdm-backend peewee pefile pep517 pep8-naming pgvector phonenumbers
pikepdf pip-audit pip-tools pipdeptree pipx pkginfo platformdirs playwright podman poethepoet
polib pook portalocker pox praw pre-commit-uv prek prettytable progress prometheus-fastapi
propcache proto-plus ptpython publicsuffix2 puremagic py-cpuinfo py-spy pyaml pyarrow-hotfix
pybind11 pycairo pycountry pycurl pydata-sphinx-theme pydocket pydocstyle pydot pydub pydyf pyee
pyfakefs pyfiglet pyftpdlib pyhamcrest pyinstrument pykeepass pymdown-extensions pymemcache
pymongo pymssql pynacl pynput pyodbc pyotp pypdf pypdf2 pyperclip pyproject-api pyproject-hooks
pyqt5 pyqt6 pyreadline3 pyright pyroma pyrsistent pyserial pysftp pyshark pyside6 pysocks pystache
pytest-aiohttp pytest-asyncio pytest-bdd pytest-benchmark pytest-cov pytest-custom-exit-code
pytest-datadir pytest-django pytest-env pytest-examples pytest-flake8 pytest-flakefinder
pytest-flask pytest-freezer pytest-html pytest-httpserver pytest-httpx pytest-instafail
pytest-lazy-fixtures pytest-localserver pytest-mock pytest-mypy pytest-order pytest-playwright
pytest-postgresql pytest-pretty pytest-profiling pytest-randomly pytest-recording
pytest-regressions pytest-repeat pytest-report pytest-rerunfailures pytest-retry pytest-socket
pytest-sugar pytest-timeout pytest-trio pytest-watch pytest-xdist python-decouple python-docx
python-engineio python-gitlab python-jose python-json-logger python-ldap python-lsp-server
python-magic python-multipart python-pptx python-redis-lock python-slugify python-socketio
python-telegram-bot python-ulid pythonnet pytokens pyupgrade pyvirtualdisplay pywinpty pyxdg
pyzbar qrcode quart questionary rapidfuzz ratelimit readchar readme-renderer recommonmark
referencing regex reportlab requests-cache requests-file requests-mock requests-oauthlib
requests-toolbelt resampy responses respx rfc3339-validator rfc3986 rich-argparse rich-click
rich-rst robotframework rpds-py rstcheck rtree ruamel-yaml-clib ruff s3transfer safetensors safety
sanic schedule schema scikit-build scikit-build-core scour secretstorage selenium semver sendgrid
sentencepiece sh shellingham shtab simple-salesforce simplejson slowapi smart-open smmap
snowballstemmer socksio sortedcontainers soupsieve sphinxcontrib-mermaid sphinxcontrib-spelling
sqlalchemy-utils sqlfluff sqlglot sqlite-utils sqlmodel sqlparse sse-starlette stack-data stamina
starlette statsd stevedore streamlit stripe structlog svgwrite syrupy tablib tabulate
tavily-python tblib telethon tenacity termcolor testcontainers textual threadpoolctl tifffile
tiktoken time-machine tinycss2 tinydb tldextract toml tomli tomli-w tomlkit toolz tornado
towncrier tox tox-gh-actions tox-uv trafilatura trio trio-websocket trustme truststore twilio
twine twisted ty typeguard typer typing-inspection tzdata tzlocal ujson umap-learn unidecode
uritemplate urwid uv uv-build uv-dynamic-versioning uvloop validators vcrpy versioneer vine
virtualenv vulture waitress watchdog watchfiles wcwidth weasyprint webargs webcolors
webdriver-manager weblate webob websocket-client websockets webtest werkzeug whitenoise wsproto
wtforms xarray xlrd xlsxwriter xlwt xmlschema xmltodict xxhash yapf yarl youtube-dl yt-dlp
zensical zeroconf zipp zope-interface zstandard zstd
"""
NAMES = frozenset(_LISTED.split())
