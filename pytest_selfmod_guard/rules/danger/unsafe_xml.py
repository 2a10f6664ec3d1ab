"""SMG248: XML is parsed in a way that a document can use."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, python_rule
from pytest_selfmod_guard.rules._reaching import REACHERS

if TYPE_CHECKING:
    from pytest_selfmod_guard.syntax import Python


@python_rule(
    "SMG248",
    risk=Risk.HIGH,
    hint="parse foreign XML with defusedxml, or with "
    "lxml.etree.XMLParser(resolve_entities=False, no_network=True)",
    triggers=(
        *REACHERS, b"xmlparser", b"xmlpullparser", b"etcompatxmlparser", b"iterparse",
        b"setfeature", b"lxml",
        b"etree", b"elementtree", b"celementtree", b"minidom", b"pulldom", b"expatbuilder",
        b"sax", b"expat", b"libxml2",
        b"fromstring", b"parsestring", b"objectify",
    ),
    supersedes=("B313", "B314", "B315", "B316", "B317", "B318", "B319", "B320"),
)  # fmt: skip
def unsafe_xml(python: Python) -> Iterable[Sighting]:
    """
    XML from a stranger is parsed by a parser that does what a document says.

    A document can name files of the machine and addresses of its network as
    entities, or entities that grow to gigabytes. A document of one's own is
    silent.

    Flagged: an upload
        === shop/views.py
          import lxml.etree
          from flask import request
        + def order():
        +     return lxml.etree.fromstring(request.get_data()).findtext("number")

    Flagged: entities that grow
        === shop/views.py
          import xml.etree.ElementTree as ET
        + def order(request):
        +     return ET.fromstring(request.body).findtext("number")

    Flagged: entities on purpose
        === shop/config.py
          from lxml import etree
        + PARSER = etree.XMLParser(resolve_entities=True)

    Flagged: by a feature
        === shop/config.py
          import xml.sax
          from xml.sax.handler import feature_external_ges
          reader = xml.sax.make_parser()
        + reader.setFeature(feature_external_ges, True)

    Allowed: without entities
        === shop/views.py
          from flask import request
          from lxml import etree
        + PARSER = etree.XMLParser(resolve_entities=False, no_network=True)
        + def order():
        +     return etree.fromstring(request.get_data(), PARSER).findtext("number")

    Allowed: by a parser made for strangers
        === shop/views.py
          import defusedxml.ElementTree as ET
        + def order(request):
        +     return ET.fromstring(request.body).findtext("number")

    Allowed: a document of one's own
        === shop/config.py
          import xml.etree.ElementTree as ET
        + SETTINGS = ET.parse("settings.xml")
    """
    from pytest_selfmod_guard.rules.danger._vulnerable_xml import (  # noqa: PLC0415 (imports libcst)
        sightings,
    )

    yield from sightings(python)
