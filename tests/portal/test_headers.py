from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from portal import headers

TEMPLATES = Path(headers.__file__).parent / "templates"


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/", "/connexion/", "/healthz", "/nowhere"])
def test_every_answer_carries_the_policy(client: Client, address: str) -> None:
    assert client.get(address)["Content-Security-Policy"] == headers.POLICY


def test_a_view_may_set_its_own_policy(rf: RequestFactory) -> None:
    def respond(request: HttpRequest) -> HttpResponse:
        return HttpResponse(headers={"Content-Security-Policy": "default-src 'none'"})

    response = headers.content_security_policy(respond)(rf.get("/"))
    assert response["Content-Security-Policy"] == "default-src 'none'"


def test_no_template_holds_what_the_policy_forbids() -> None:
    inline = re.compile(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=")
    guilty = [path.name for path in TEMPLATES.rglob("*.html") if inline.search(path.read_text())]
    assert guilty == []
