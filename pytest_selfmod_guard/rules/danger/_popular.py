"""Packages that many projects use, and whose names are therefore imitated."""

from __future__ import annotations

from pytest_selfmod_guard.rules.danger._widely_used import NAMES

_NAMES = """
absl-py aiobotocore aiofiles aiohttp aioredis aiosignal alembic altair amqp ansible anthropic
anyio apache-airflow apscheduler argon2-cffi arrow asgiref asyncpg attrs authlib autopep8 awscli
azure-core azure-identity azure-storage-blob babel backoff bandit bcrypt beautifulsoup4 billiard
black bleach blinker bokeh boto boto3 botocore bottle cachetools celery certifi cffi chardet
charset-normalizer cheroot cherrypy chromadb click cloudpickle colorama coloredlogs colorlog
configparser contourpy coverage cryptography cycler cython dask databricks-cli datasets
dateparser decorator deepdiff deprecated discord.py distlib distro django django-cors-headers
django-filter djangorestframework dnspython docker docopt docutils email-validator executing
faker falcon fastapi fastavro filelock fiona flake8 flask flask-cors flask-login
flask-sqlalchemy fonttools freezegun frozenlist fsspec furl future gensim geopandas gevent
gitpython google-api-core google-api-python-client google-auth google-cloud-bigquery
google-cloud-storage googleapis-common-protos gradio graphene greenlet grpcio gunicorn h5py
hatchling httpcore httplib2 httptools httpx huggingface-hub humanize hypothesis idna imageio
importlib-metadata inflection ipykernel ipython ipywidgets isodate isort itsdangerous
jaraco.classes jedi jinja2 jmespath joblib jsonpatch jsonpath-ng jsonschema jupyter jupyterlab
keras keyring kiwisolver kombu kubernetes langchain langchain-core librosa lightgbm litellm
llvmlite locust loguru lxml mako markdown markdown-it-py markupsafe marshmallow matplotlib
mccabe mechanize mistune mlflow mock monotonic more-itertools moto msgpack msgspec multidict
mypy mypy-extensions mysqlclient nbconvert nbformat netaddr networkx ninja nltk nodeenv nose
notebook numba numexpr numpy oauthlib onnx onnxruntime openai opencv-python openpyxl
opentelemetry-api orjson oscrypto packaging paho-mqtt pandas paramiko parso passlib pathspec
peewee pendulum pexpect pillow pip pipenv plotly pluggy poetry polars portalocker pre-commit
progressbar2 prometheus-client prompt-toolkit protobuf psutil psycopg psycopg2 psycopg2-binary
ptyprocess pyarrow pyasn1 pycodestyle pycparser pycryptodome pycryptodomex pydantic
pydantic-core pydantic-settings pyflakes pygame pygithub pygments pyinstaller pyjwt pylint
pymongo pymysql pynacl pyodbc pyopenssl pyparsing pyperclip pyppeteer pyqt5 pyserial pysocks
pytest pytest-asyncio pytest-cov pytest-mock pytest-xdist python-dateutil python-dotenv
python-jose python-multipart python-slugify pytz pywin32 pyyaml pyzmq rapidfuzz ray redis regex
requests requests-oauthlib requests-toolbelt responses retrying rich rsa ruamel.yaml ruff s3fs
s3transfer scapy scikit-image scikit-learn scipy scrapy seaborn selenium sentence-transformers
sentry-sdk setuptools setuptools-scm shapely simplejson six slack-sdk sniffio
snowflake-connector-python sortedcontainers soupsieve spacy sparse sphinx sqlalchemy sqlmodel
sqlparse starlette statsmodels streamlit structlog sympy tabulate telethon tenacity tensorboard
tensorflow termcolor textual tiktoken tokenizers toml tomli tomlkit toolz torch torchaudio
torchvision tornado tox tqdm traitlets transformers trio twilio twine typer typing-extensions
tzdata tzlocal ujson uritemplate urllib3 uvicorn uvloop virtualenv vllm wandb watchdog
watchfiles wcwidth web3 webdriver-manager websocket-client websockets werkzeug wheel wrapt
xgboost xlrd xlsxwriter xmltodict yarl zipp zope.interface zstandard
"""
_HONEST = """
acme aiohttp3 asyncio-mqtt attr bokeh-server boto-core boltons cachecontrol captum clock
clickhouse colour cron dask-ml discord django-redis dj-database-url fakeredis fastavro2 fasttext
flask-admin flasgger flax forbiddenfruit geventhttpclient hiredis httpie httpx-sse jax jinja
jsonpickle jsons kedro language-tool lxml-stubs mando marko maturin mariadb mkdocs myst-parser
mypyc mysql-connector nanobind nose2 numcodecs openapi panda pandera parsel parse pbr pdm peft
pika pikepdf pint pipx pkginfo playwright plyer prefect psycopg-binary psycopg-c psycopg-pool
ptpython pyaml pycurl pydot pydub pygit2 pyhocon pylibmc pymilvus pyngrok pypdf pypdf2 pyramid
pyro4 pysftp python-box python-decouple python-docx python-gitlab python-json-logger
python-magic python-magic-bin python-pptx python-redis-lock python-snappy python-telegram-bot
pyte pyscard pytype pyupgrade rarfile redisvl requests-cache requests-mock requests-ntlm
requestsexceptions respx rq sanic scapy3 shap sklearn-pandas skorch sqlglot stamina starlite
tableauserverclient toolbox toposort torchmetrics tox-uv treq tweepy typeguard types uv
uvicorn-worker wandb-core websocket websockets-proxy xarray xlwt xxhash xmlsec yapf zarr zeep
jsonlines pymssql httpretty pyre prettytable texttable trytond pytds graphql-core lark yamllint
pyudev pytimeparse scramp sphinxcontrib-jquery faiss faiss-cpu gitdb smmap mpmath pyproj
rasterio
"""


def normal(name: str) -> str:
    """Give a package's name as indexes compare it."""
    return name.strip().lower().replace("_", "-").replace(".", "-")


POPULAR = frozenset(normal(name) for name in _NAMES.split())
KNOWN = POPULAR | frozenset(normal(name) for name in _HONEST.split())
_SHORT = 5
_AFFIXES = ("python-", "python3-", "py-", "py3-", "lib")
_ENDINGS = (
    "-python",
    "-python3",
    "-py",
    "-py3",
    "3",
    "2",
    "-lib",
    "lib",
    "-sdk",
    "-dev",
    "s",
    "-pro",
    "-official",
    "-new",
)
_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789-"


def is_known(name: str) -> bool:
    """Tell whether many projects use a package, or it is one of a family that they use."""
    name = normal(name)
    return name in KNOWN | NAMES or name.startswith(_FAMILIES)


_FAMILIES = (
    "types-", "google-", "azure-", "opentelemetry-", "mkdocs", "sphinx", "langchain", "llama-index",
    "jupyter", "boto", "aws-", "mypy-", "pydantic", "apache-", "dbt-", "flake8", "nvidia-", "torch",
)  # fmt: skip


_BAIT_WORDS = """
helper helpers util utils utilz utility utilities pro plus async sync sdk tool tools ext
extras extra secure security safe fast faster turbo official lib core common wrapper manager
easy simple cli dev latest new auth client patch patched fix fixed fork next ng v2 v3 x plugin
tricks magic boost optimizer
"""
_BAIT = frozenset(_BAIT_WORDS.split())
"""What is hung on a well-known name so that it sounds well known."""


def sounds_like(name: str) -> str:
    """Give the popular package whose name this one bears with words that say nothing."""
    parts = normal(name).split("-")
    bait = [part for part in parts if part in _BAIT]
    rest = [part for part in parts if part not in _BAIT]
    if not bait or not rest or len(parts) == 1:
        return ""
    known = (
        found for size in range(len(rest), 0, -1) if (found := "-".join(rest[:size])) in POPULAR
    )
    other = next(known, "") or imitated("-".join(rest))
    is_usual = other in _FRAMES and len(bait) == 1 and len(rest) > 1
    return "" if is_usual else other


_FRAMES = frozenset(
    ("pytest", "django", "flask", "sphinx", "fastapi", "click", "pre-commit", "tox")
)
"""What has so many plug-ins that one more, named for what it does, says nothing."""


def imitated(name: str) -> str:
    """Give the popular package whose name this one imitates; empty if none."""
    name = normal(name)
    if name in KNOWN or name.startswith(("types-", "django-", "pytest-", "flask-", "sphinx")):
        return ""
    plain = name.replace("-", "")
    for other in sorted({*_near(name), *_stripped(name)} & POPULAR):
        if len(other) >= _SHORT or name != other + name[-1:]:
            return other
    return next(
        (other for other in POPULAR if other.replace("-", "") == plain and other != name), ""
    )


def _near(name: str) -> set[str]:
    """Give all names that one slip of the keyboard makes of it."""
    if len(name) < _SHORT:
        return set()
    halves = [(name[:at], name[at:]) for at in range(len(name) + 1)]
    found = {a + b[1:] for a, b in halves if b}
    found |= {a + b[1] + b[0] + b[2:] for a, b in halves if len(b) > 1}
    found |= {a + c + b for a, b in halves for c in _LETTERS}
    found |= {a + c + b[1:] for a, b in halves if b for c in _LETTERS}
    return {other for other in found if len(other) >= _SHORT}


def _stripped(name: str) -> set[str]:
    found = {name.removeprefix(affix) for affix in _AFFIXES if name.startswith(affix)}
    found |= {name.removesuffix(ending) for ending in _ENDINGS if name.endswith(ending)}
    found |= {f"python-{name}"}
    return {other for other in found if len(other) >= _SHORT}
