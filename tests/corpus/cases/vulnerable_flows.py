"""Handlers in which a stranger's data gets where it must not, beside the same done right."""

from __future__ import annotations

from tests.corpus import Case

FLASK = "from flask import Flask, abort, request\n"
_PATH = "shop/views.py"


def _case(name: str, head: str, bad: str, honest: str) -> Case:
    """Make a case of one file; what both versions begin with is there before."""
    return Case(name, {_PATH: head}, {_PATH: head + bad}, {_PATH: head + honest})


CASES = [
    # SQL
    _case(
        "sql-by-f-string",
        "import sqlite3\nfrom flask import request\n\n",
        'def find():\n    db = sqlite3.connect("shop.db")\n'
        '    name = request.args.get("name", "")\n'
        "    return db.execute(f\"SELECT * FROM goods WHERE name = '{name}'\").fetchall()\n",
        'def find():\n    db = sqlite3.connect("shop.db")\n'
        '    name = request.args.get("name", "")\n'
        '    return db.execute("SELECT * FROM goods WHERE name = ?", (name,)).fetchall()\n',
    ),
    _case(
        "sql-by-percent-of-a-parameter",
        "import psycopg2\n\n",
        "def rename(cursor, user, title):\n"
        "    cursor.execute(\"UPDATE users SET title='%s' WHERE login='%s'\" % (title, user))\n",
        "def rename(cursor, user, title):\n"
        '    cursor.execute("UPDATE users SET title=%s WHERE login=%s", (title, user))\n',
    ),
    _case(
        "sql-clause-by-clause",
        "from fastapi import FastAPI\n\napp = FastAPI()\n\n",
        '@app.get("/orders")\nasync def orders(state: str, db):\n    clauses = []\n'
        '    clauses.append("state = \'" + state + "\'")\n'
        '    sql = "SELECT * FROM orders WHERE " + " AND ".join(clauses)\n'
        "    return await db.fetch_all(sql)\n",
        '@app.get("/orders")\nasync def orders(state: str, db):\n    clauses = []\n'
        '    clauses.append("state = :state")\n'
        '    sql = "SELECT * FROM orders WHERE " + " AND ".join(clauses)\n'
        '    return await db.fetch_all(sql, {"state": state})\n',
    ),
    _case(
        "sql-order-column",
        "from django.db import connection\n\n",
        'def listing(request):\n    order = request.GET["order"]\n'
        "    with connection.cursor() as cursor:\n"
        '        cursor.execute("SELECT id, price FROM goods ORDER BY " + order)\n'
        "        return cursor.fetchall()\n",
        'ORDERS = {"price": "price", "name": "title"}\n\n\ndef listing(request):\n'
        '    order = ORDERS.get(request.GET["order"], "id")\n'
        "    with connection.cursor() as cursor:\n"
        '        cursor.execute("SELECT id, price FROM goods ORDER BY " + order)\n'
        "        return cursor.fetchall()\n",
    ),
    _case(
        "sql-through-a-helper",
        "from bottle import request, route\n\n",
        'def _query(db, where):\n    return db.execute("SELECT * FROM t WHERE " + where)\n\n\n'
        '@route("/t")\ndef show(db):\n    return _query(db, "name = \'" + request.query.name + '
        '"\'")\n',
        'def _query(db, where, *values):\n    return db.execute("SELECT * FROM t WHERE " + '
        "where, values)\n\n\n"
        '@route("/t")\ndef show(db):\n    return _query(db, "name = ?", request.query.name)\n',
    ),
    _case(
        "sql-in-a-text-of-sqlalchemy",
        "from flask import request\nfrom sqlalchemy import text\n\n",
        'def find(session):\n    term = request.json["term"]\n'
        '    return session.execute(text("SELECT * FROM goods WHERE title LIKE '
        "'%{}%'\".format(term)))\n",
        'def find(session):\n    term = request.json["term"]\n'
        '    return session.execute(text("SELECT * FROM goods WHERE title LIKE :t"), {"t": '
        'f"%{term}%"})\n',
    ),
    _case(
        "sql-of-a-lambda-function",
        "import pymysql\n\n",
        "def handler(event, context):\n    db = pymysql.connect()\n    cursor = db.cursor()\n"
        '    cursor.execute("DELETE FROM carts WHERE owner = " + event["owner"])\n',
        "def handler(event, context):\n    db = pymysql.connect()\n    cursor = db.cursor()\n"
        '    cursor.execute("DELETE FROM carts WHERE owner = %s", (event["owner"],))\n',
    ),
    _case(
        "sql-typed-at-the-console",
        "import sqlite3\n\n",
        'def main():\n    name = input("who? ")\n    db = sqlite3.connect("shop.db")\n'
        '    print(db.execute("SELECT * FROM users WHERE name = \\"" + name + "\\"").fetchone())\n',
        'def main():\n    name = input("who? ")\n    db = sqlite3.connect("shop.db")\n'
        '    print(db.execute("SELECT * FROM users WHERE name = ?", (name,)).fetchone())\n',
    ),
    _case(
        "sql-in-extra",
        "from shop.models import Good\n\n",
        "def search(request):\n"
        "    return Good.objects.extra(where=[\"title = '%s'\" % request.GET['q']])\n",
        "def search(request):\n"
        "    return Good.objects.extra(where=[\"title = %s\"], params=[request.GET['q']])\n",
    ),
    # paths
    _case(
        "path-read",
        FLASK + "app = Flask(__name__)\n\n",
        '@app.route("/page/<path:name>")\ndef page(name):\n'
        '    with open("pages/" + name) as file:\n'
        '        return {"text": file.read()}\n',
        "from werkzeug.utils import safe_join\n\n\n"
        '@app.route("/page/<path:name>")\ndef page(name):\n'
        '    with open(safe_join("pages", name)) as file:\n'
        '        return {"text": file.read()}\n',
    ),
    _case(
        "path-of-an-upload",
        "import os\nfrom flask import request\nfrom werkzeug.utils import secure_filename\n\n",
        'def store():\n    file = request.files["file"]\n    name = file.filename\n'
        '    file.save(os.path.join("/srv/uploads", name))\n',
        'def store():\n    file = request.files["file"]\n'
        "    name = secure_filename(file.filename)\n"
        '    file.save(os.path.join("/srv/uploads", name))\n',
    ),
    _case(
        "path-of-an-async-upload",
        "import shutil\nfrom pathlib import Path\nfrom uuid import uuid4\n"
        "from fastapi import FastAPI, UploadFile\n\napp = FastAPI()\n",
        '@app.post("/upload")\nasync def upload(file: UploadFile):\n'
        '    with open(f"uploads/{file.filename}", "wb") as out:\n'
        "        shutil.copyfileobj(file.file, out)\n",
        '@app.post("/upload")\nasync def upload(file: UploadFile):\n'
        '    with open(f"uploads/{uuid4().hex}", "wb") as out:\n'
        "        shutil.copyfileobj(file.file, out)\n",
    ),
    _case(
        "path-deleted",
        "import os\nfrom django.http import HttpResponse\n\nROOT = '/srv/data'\n\n",
        'def forget(request):\n    target = os.path.join(ROOT, request.POST.get("file"))\n'
        "    os.remove(target)\n"
        "    return HttpResponse(status=204)\n",
        "def forget(request):\n    target = os.path.realpath(os.path.join(ROOT, "
        'request.POST.get("file")))\n'
        "    if os.path.commonpath([ROOT, target]) != ROOT:\n"
        "        return HttpResponse(status=404)\n"
        "    os.remove(target)\n    return HttpResponse(status=204)\n",
    ),
    _case(
        "path-sent",
        "from flask import request, send_file, send_from_directory\n\n",
        'def download():\n    return send_file("/srv/files/" + request.args["name"], '
        "as_attachment=True)\n",
        'def download():\n    return send_from_directory("/srv/files", request.args["name"], '
        "as_attachment=True)\n",
    ),
    _case(
        "path-object",
        "from pathlib import Path\nfrom starlette.responses import JSONResponse\n\n"
        "BASE = Path('/srv/notes')\n\n",
        'async def note(request):\n    path = BASE / request.query_params["name"]\n'
        '    return JSONResponse({"text": path.read_text()})\n',
        'async def note(request):\n    path = (BASE / request.query_params["name"]).resolve()\n'
        "    if not path.is_relative_to(BASE):\n        return JSONResponse({}, status_code=404)\n"
        '    return JSONResponse({"text": path.read_text()})\n',
    ),
    _case(
        "path-of-a-tornado-handler",
        "import os\nimport tornado.web\n\n",
        "class Show(tornado.web.RequestHandler):\n    def get(self):\n"
        '        for name in os.listdir(self.get_argument("folder")):\n'
        "            self.add(name)\n",
        'class Show(tornado.web.RequestHandler):\n    FOLDERS = {"a": "/srv/a"}\n\n'
        "    def get(self):\n"
        '        for name in os.listdir(self.FOLDERS[self.get_argument("folder")]):\n'
        "            self.add(name)\n",
    ),
    _case(
        "path-inside-an-archive",
        "import tarfile\n\n",
        'def unpack(path, to):\n    archive = tarfile.open(path, "r:gz")\n'
        "    archive.extractall(to)\n    archive.close()\n",
        'def unpack(path, to):\n    archive = tarfile.open(path, "r:gz")\n'
        '    archive.extractall(to, filter="data")\n'
        "    archive.close()\n",
    ),
    _case(
        "path-of-each-member",
        "import os\nimport tarfile\n\n",
        "def unpack(path, to):\n    with tarfile.open(path) as archive:\n"
        "        for member in archive.getmembers():\n"
        "            archive.extract(member, to)\n",
        "def unpack(path, to):\n    with tarfile.open(path) as archive:\n"
        "        for member in archive.getmembers():\n"
        "            if not is_within(to, member.name):\n"
        '                raise ValueError("outside")\n'
        "            archive.extract(member, to)\n\n\n"
        "def is_within(folder, name):\n    return os.path.realpath(os.path.join(folder, "
        "name)).startswith(folder + os.sep)\n",
    ),
    # addresses
    _case(
        "address-chosen",
        "import requests\nfrom flask import jsonify, request\n\n",
        "def fetch():\n    data = request.get_json()\n"
        '    reply = requests.post(data["callback"], json={}, timeout=3)\n'
        "    return jsonify(code=reply.status_code)\n",
        'HOOKS = {"mail": "https://mail.example.invalid/hook"}\n\n\n'
        "def fetch():\n    data = request.get_json()\n"
        '    reply = requests.post(HOOKS[data["callback"]], json={}, timeout=3)\n'
        "    return jsonify(code=reply.status_code)\n",
    ),
    _case(
        "address-opened",
        "from urllib.parse import urlparse\nfrom urllib.request import urlopen\n\n",
        'def picture(request):\n    return urlopen(request.GET.get("src"), timeout=3).read()\n',
        'def picture(request):\n    src = request.GET.get("src")\n'
        '    if urlparse(src).netloc not in ("pictures.example.invalid",):\n'
        "        raise PermissionError(src)\n"
        "    return urlopen(src, timeout=3).read()\n",
    ),
    _case(
        "address-of-a-session",
        "import aiohttp\nfrom aiohttp import web\n\nUPSTREAM = 'https://a.example.invalid'\n\n",
        "async def proxy(request):\n    async with aiohttp.ClientSession() as session:\n"
        '        async with session.get(request.query["u"]) as reply:\n'
        "            return web.json_response(await reply.json())\n",
        "async def proxy(request):\n    async with aiohttp.ClientSession() as session:\n"
        '        async with session.get(UPSTREAM, params={"u": request.query["u"]}) as reply:\n'
        "            return web.json_response(await reply.json())\n",
    ),
    _case(
        "address-host-only",
        "import httpx\nfrom fastapi import FastAPI, HTTPException\n\napp = FastAPI()\n\n",
        '@app.get("/ping/{host}")\nasync def ping(host: str):\n'
        '    return httpx.get(f"http://{host}:8080/health").status_code\n',
        'HOSTS = frozenset(("a.example.invalid", "b.example.invalid"))\n\n\n'
        '@app.get("/ping/{host}")\nasync def ping(host: str):\n    if host not in HOSTS:\n'
        "        raise HTTPException(404)\n"
        '    return httpx.get(f"http://{host}:8080/health").status_code\n',
    ),
    # pages
    _case(
        "page-given-back",
        FLASK + "from markupsafe import escape\n\napp = Flask(__name__)\n\n",
        '@app.get("/hi")\ndef hi():\n    name = request.args.get("name", "you")\n'
        '    return "<p>Hi %s</p>" % name\n',
        '@app.get("/hi")\ndef hi():\n    name = escape(request.args.get("name", "you"))\n'
        '    return "<p>Hi %s</p>" % name\n',
    ),
    _case(
        "page-answered",
        "from django.http import HttpResponse, JsonResponse\n\n",
        'def hi(request):\n    name = request.GET.get("name")\n'
        '    return HttpResponse(f"Hello, {name}")\n',
        'def hi(request):\n    name = request.GET.get("name")\n'
        '    return JsonResponse({"hello": name})\n',
    ),
    _case(
        "page-by-class",
        "from fastapi import FastAPI\nfrom fastapi.responses import HTMLResponse\nimport html\n"
        "\napp = FastAPI()\n\n",
        '@app.get("/s")\ndef search(q: str = ""):\n    return HTMLResponse("<h2>Results for " + '
        'q + "</h2>")\n',
        '@app.get("/s")\ndef search(q: str = ""):\n    return HTMLResponse("<h2>Results for " + '
        'html.escape(q) + "</h2>")\n',
    ),
    _case(
        "page-declared-safe",
        "from django.utils.html import format_html\n"
        "from django.utils.safestring import mark_safe\n\n",
        'def badge(request):\n    return mark_safe("<b>" + request.COOKIES["nick"] + "</b>")\n',
        'def badge(request):\n    return format_html("<b>{}</b>", request.COOKIES["nick"])\n',
    ),
    _case(
        "page-from-a-file",
        "from flask import make_response, render_template, request\n\n",
        'def show():\n    page = open("page.html").read()\n'
        '    return make_response(page.replace("NAME", request.form["name"]))\n',
        'def show():\n    return make_response(render_template("page.html", '
        'name=request.form["name"]))\n',
    ),
    _case(
        "template-of-a-stranger",
        "from flask import render_template_string, request\n\n",
        "def greet():\n    text = f\"Dear {request.values['name']}, welcome\"\n"
        "    return render_template_string(text)\n",
        'def greet():\n    return render_template_string("Dear {{ name }}, welcome", '
        'name=request.values["name"])\n',
    ),
    _case(
        "template-from-string",
        "from jinja2 import Environment\n\nENV = Environment(autoescape=True)\n\n",
        "def preview(request):\n"
        '    return ENV.from_string(request.POST["body"]).render(shop="shop")\n',
        "def preview(request):\n"
        '    return ENV.from_string("{{ body }}").render(body=request.POST["body"])\n',
    ),
    _case(
        "redirect-anywhere",
        "from flask import redirect, request, url_for\n\n",
        'def done():\n    return redirect(request.args.get("next") or url_for("index"))\n',
        'PLACES = {"cart": "/cart", "home": "/"}\n\n\ndef done():\n'
        '    return redirect(PLACES.get(request.args.get("next"), "/"))\n',
    ),
    _case(
        "redirect-tested-in-vain",
        "from django.http import HttpResponseRedirect\n"
        "from django.utils.http import url_has_allowed_host_and_scheme\n\n",
        'def done(request):\n    to = request.GET["to"]\n    if "example.invalid" in to:\n'
        '        return HttpResponseRedirect(to)\n    return HttpResponseRedirect("/")\n',
        'def done(request):\n    to = request.GET["to"]\n'
        "    if url_has_allowed_host_and_scheme(to, allowed_hosts=None):\n"
        '        return HttpResponseRedirect(to)\n    return HttpResponseRedirect("/")\n',
    ),
    _case(
        "redirect-by-header",
        "from starlette.responses import Response\n\n",
        "async def done(request):\n    reply = Response(status_code=302)\n"
        '    reply.headers["location"] = request.query_params["to"]\n    return reply\n',
        "async def done(request):\n    reply = Response(status_code=302)\n"
        '    reply.headers["location"] = "/thanks"\n    return reply\n',
    ),
    _case(
        "origin-echoed",
        "from flask import Response, request\n\nORIGINS = {'https://shop.example.invalid'}\n\n",
        'def data():\n    reply = Response("{}", mimetype="application/json")\n'
        '    reply.headers["Access-Control-Allow-Origin"] = request.headers.get("Origin")\n'
        "    return reply\n",
        'def data():\n    reply = Response("{}", mimetype="application/json")\n'
        '    origin = request.headers.get("Origin")\n'
        '    if origin in ORIGINS:\n        reply.headers["Access-Control-Allow-Origin"] = '
        "origin\n    return reply\n",
    ),
    # queries, patterns, documents
    _case(
        "ldap-filter",
        "import ldap3\nfrom ldap3.utils.conv import escape_filter_chars\n\n",
        'def person(connection, request):\n    who = request.POST["login"]\n'
        '    connection.search("ou=people", f"(&(objectClass=person)(uid={who}))")\n',
        'def person(connection, request):\n    who = escape_filter_chars(request.POST["login"])\n'
        '    connection.search("ou=people", f"(&(objectClass=person)(uid={who}))")\n',
    ),
    _case(
        "xpath-of-a-request",
        "from flask import request\nfrom lxml import etree\n\nTREE = etree.parse('users.xml')\n\n",
        'def user():\n    return TREE.xpath("//user[name=\'" + request.args["name"] + '
        '"\']/id/text()")\n',
        'def user():\n    return TREE.xpath("//user[name=$name]/id/text()", '
        'name=request.args["name"])\n',
    ),
    _case(
        "operator-in-a-document-query",
        "from flask import request\nfrom pymongo import MongoClient\n\n"
        "users = MongoClient().shop.users\n\n",
        "def login():\n    body = request.get_json()\n"
        '    return users.find_one({"login": body["login"], "pin": body["pin"]})\n',
        "def login():\n    body = request.get_json()\n"
        '    return users.find_one({"login": str(body["login"]), "pin": str(body["pin"])})\n',
    ),
    _case(
        "whole-query-from-a-request",
        "from flask import request\nfrom pymongo import MongoClient\n\n"
        "goods = MongoClient().shop.goods\n\n",
        "def search():\n    return list(goods.find(request.json))\n",
        'def search():\n    return list(goods.find({"title": str(request.json["title"])}))\n',
    ),
    _case(
        "expression-of-dynamo",
        "import boto3\n\ntable = boto3.resource('dynamodb').Table('users')\n\n",
        "def find(field, value):\n"
        '    return table.scan(FilterExpression=field + " = :v", '
        'ExpressionAttributeValues={":v": value})\n',
        "def find(value):\n"
        '    return table.scan(FilterExpression="login = :v", ExpressionAttributeValues={":v": '
        "value})\n",
    ),
    _case(
        "pattern-of-a-stranger",
        "import re\nfrom flask import request\n\n",
        'def filtered(lines):\n    wanted = re.compile(request.args["grep"])\n'
        "    return [line for line in lines if wanted.search(line)]\n",
        'def filtered(lines):\n    wanted = request.args["grep"]\n'
        "    return [line for line in lines if wanted in line]\n",
    ),
    _case(
        "format-of-a-stranger",
        "from shop import config\n\n",
        'def letter(request, user):\n    template = request.POST["template"]\n'
        "    return template.format(user=user, config=config)\n",
        'def letter(request, user):\n    return "Dear {user}: {text}".format(user=user.name, '
        'text=request.POST["template"])\n',
    ),
    _case(
        "document-of-a-stranger",
        "from flask import request\nfrom lxml import etree\n\n",
        'def order():\n    return etree.fromstring(request.data).findtext("id")\n',
        "PARSER = etree.XMLParser(resolve_entities=False, no_network=True)\n\n\n"
        'def order():\n    return etree.fromstring(request.data, PARSER).findtext("id")\n',
    ),
    _case(
        "document-that-grows",
        "import json\nfrom xml.dom import minidom\n\n",
        "def order(request):\n"
        "    return minidom.parseString(request.body).documentElement.tagName\n",
        'def order(request):\n    return json.loads(request.body)["id"]\n',
    ),
    # what runs, what is set, what is said
    _case(
        "program-of-a-stranger",
        "import subprocess\nfrom flask import request\n\n",
        'def tool():\n    return subprocess.run([request.args["tool"], "--version"], '
        "capture_output=True, check=False).stdout\n",
        'TOOLS = {"git": "/usr/bin/git", "tar": "/usr/bin/tar"}\n\n\n'
        'def tool():\n    return subprocess.run([TOOLS[request.args["tool"]], "--version"], '
        "capture_output=True, check=False).stdout\n",
    ),
    _case(
        "module-of-a-stranger",
        "import importlib\nfrom flask import request\n\n",
        'def report():\n    return importlib.import_module("reports." + '
        'request.args["kind"]).make()\n',
        'KINDS = {"sales": "reports.sales", "stock": "reports.stock"}\n\n\n'
        'def report():\n    name = KINDS[request.args["kind"]]\n'
        "    return importlib.import_module(name).make()\n",
    ),
    _case(
        "method-of-a-stranger",
        "from fastapi import FastAPI\nfrom shop import service\n\napp = FastAPI()\n\n",
        '@app.post("/call/{method}")\ndef call(method: str):\n'
        "    return getattr(service, method)()\n",
        'METHODS = {"stock": service.stock}\n\n\n@app.post("/call/{method}")\n'
        "def call(method: str):\n    return METHODS[method]()\n",
    ),
    _case(
        "fields-of-a-stranger",
        "from flask import request\nfrom shop.db import db\n\n",
        "def update(user):\n    for key in request.form:\n"
        "        setattr(user, key, request.form[key])\n    db.session.commit()\n",
        'def update(user):\n    user.name = request.form["name"]\n    db.session.commit()\n',
    ),
    _case(
        "record-of-a-stranger",
        "from shop.models import User\n\n",
        "def register(request):\n    return User.objects.create(**request.data)\n",
        'def register(request):\n    return User.objects.create(name=request.data["name"])\n',
    ),
    _case(
        "traceback-for-strangers",
        FLASK + "import logging\nimport traceback\nfrom shop.bank import charge\n\n"
        "app = Flask(__name__)\n\n",
        '@app.post("/pay")\ndef pay():\n    try:\n        charge()\n    except ValueError:\n'
        '        return {"error": traceback.format_exc()}, 500\n    return {}\n',
        '@app.post("/pay")\ndef pay():\n    try:\n        charge()\n    except ValueError:\n'
        '        logging.exception("not charged")\n        return {"error": "internal"}, 500\n'
        "    return {}\n",
    ),
]
