"""A second opinion: a discharger and a service that it protects over Debian's Python bakery, a client of it, and pymacaroons,
which makes and verifies macaroons with code of its own. It listens on loopback and prints its address."""

import base64
import datetime
import json
import os
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import macaroonbakery.bakery as bakery
import macaroonbakery.checkers as checkers
import macaroonbakery.httpbakery as httpbakery
import macaroonbakery.httpbakery.agent as agent
import pymacaroons
import requests
from pymacaroons.serializers import BinarySerializer, JsonSerializer

OPERATION = bakery.Op(entity="thing", action="read")


class Refused(Exception):
    """An answer that isn't a success."""

    def __init__(self, status, body):
        super().__init__(status)
        self.status = status
        self.body = body


class Locator(bakery.ThirdPartyLocator):
    """Knows the one third party that there is."""

    def __init__(self):
        self.key = bakery.generate_key()
        self.location = ""

    def third_party_info(self, loc):
        if loc.rstrip("/") != self.location:
            return httpbakery.ThirdPartyLocator(allow_insecure=True).third_party_info(loc)
        return bakery.ThirdPartyInfo(public_key=self.key.public_key, version=bakery.LATEST_VERSION)


locator = Locator()
protected = bakery.Bakery(location="here", locator=locator, key=bakery.generate_key(), checker=checkers.Checker())
visited = threading.Event()


class Conditions(bakery.ThirdPartyCaveatChecker):
    """Discharges caveats as their conditions say."""

    def __init__(self, form):
        self.form = form

    def check_third_party_caveat(self, ctx, info):
        if info.condition == "denied":
            raise Refused(403, {"Code": "permission denied", "Message": "permission denied"})
        if info.condition == "nested":
            return [checkers.Caveat(location=locator.location, condition="ok")]
        if info.condition == "expired":
            return [checkers.time_before_caveat(datetime.datetime.utcnow() - datetime.timedelta(hours=1))]
        if info.condition == "browser" and self.form.get("token") != "a token":
            visited.clear()
            methods = {"browser-window": {"VisitURL": "/visit", "WaitTokenURL": "/wait-token"}}
            info = {"InteractionMethods": methods}
            raise Refused(401, {"Code": "interaction required", "Message": "log in", "Info": info})
        return [checkers.declared_caveat("username", "bob")]


def thing(query, headers):
    version = int(query.get("version", bakery.LATEST_VERSION))
    try:
        slices = httpbakery.extract_macaroons(headers)
        protected.checker.auth(slices).allow(checkers.AuthContext(), [OPERATION])
        return {"hello": "world"}
    except (bakery.PermissionDenied, bakery.VerificationError) as error:
        macaroon = protected.oven.macaroon(
            version=version,
            expiry=datetime.datetime.utcnow() + datetime.timedelta(hours=1),
            caveats=[checkers.Caveat(location=locator.location, condition=query["of"])],
            ops=[OPERATION],
        )
        body, _ = httpbakery.discharge_required_response(macaroon, "/", "auth", str(error))
        raise Refused(401, json.loads(body)) from error


def discharge(form):
    macaroon = httpbakery.discharge(checkers.AuthContext(), form, locator.key, locator, Conditions(form))
    return {"Macaroon": macaroon.to_dict()}


def make(draft):
    """As the Go oracle's: bytes are base64."""
    macaroon = pymacaroons.Macaroon(
        version=draft["Version"],
        key=base64.b64decode(draft["RootKey"]),
        identifier=base64.b64decode(draft["Id"]),
        location=draft["Location"],
    )
    for caveat in draft["Caveats"]:
        key, name = caveat.get("RootKey"), base64.b64decode(caveat["Id"])
        if key:
            macaroon.add_third_party_caveat(caveat["Location"], base64.b64decode(key), name)
        else:
            macaroon.add_first_party_caveat(name)
    return {
        "json": json.loads(macaroon.serialize(serializer=JsonSerializer())),
        "binary": macaroon.serialize(serializer=BinarySerializer()),
        "signature": base64.b64encode(bytes.fromhex(macaroon.signature)).decode(),
    }


def verify(offer):
    if "Binaries" in offer:
        serializer = BinarySerializer()
        macaroons = [pymacaroons.Macaroon.deserialize(each, serializer) for each in offer["Binaries"]]
    else:
        serializer = JsonSerializer()
        macaroons = [pymacaroons.Macaroon.deserialize(json.dumps(each), serializer) for each in offer["Slice"]]
    verifier = pymacaroons.Verifier()
    for condition in offer["Holds"]:
        verifier.satisfy_exact(condition)
    verifier.verify(macaroons[0], base64.b64decode(offer["RootKey"]), macaroons[1:])
    return {"isGood": True}


def fetch(errand):
    interactors = [httpbakery.WebBrowserInteractor(open=requests.get)]
    key = None
    if "Agent" in errand:
        info = agent.read_auth_info(json.dumps({"key": errand["Key"], "agents": [errand["Agent"]]}))
        key = info.key
        interactors.insert(0, agent.AgentInteractor(info))
    client = httpbakery.Client(interaction_methods=interactors, key=key)
    answer = requests.get(errand["URL"], cookies=client.cookies, auth=client.auth(), timeout=30)
    return {"status": answer.status_code, "body": answer.text}


def visit(_query):
    visited.set()
    return {}


def wait_token(_query):
    visited.wait(30)
    return {"kind": "browser", "token": "a token"}


def info(_query):
    key = str(locator.key.public_key)
    return {"PublicKey": key, "Version": int(bakery.LATEST_VERSION)}


GETS = {"/visit": visit, "/wait-token": wait_token, "/discharge/info": info}
TOOLS = {"/make": make, "/verify": verify, "/fetch": fetch}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        url = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(url.query).items()}
        if url.path == "/thing":
            self.answer(lambda: thing(query, self.headers))
        else:
            self.answer(lambda: GETS[url.path](query))

    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"])).decode()
        if self.path == "/discharge":
            form = {name: values[0] for name, values in parse_qs(body).items()}
            self.answer(lambda: discharge(form))
        else:
            self.answer(lambda: self.tool(json.loads(body)))

    def tool(self, request):
        try:
            return TOOLS[self.path](request)
        except Exception as error:  # Whatever the library says is the answer.
            return {"error": f"{type(error).__name__}: {error}"}

    def answer(self, act):
        status = 200
        try:
            body = act()
        except Refused as refused:
            status, body = refused.status, refused.body
        except KeyError:
            status, body = 404, {}
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_):
        pass


def main():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    locator.location = f"http://127.0.0.1:{server.server_port}"
    print(locator.location, flush=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    # Who started this holds the other end of the pipe, and is gone when it closes.
    sys.stdin.read()
    os._exit(0)


main()
