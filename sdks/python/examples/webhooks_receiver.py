"""Receives a webhook over HTTP: verified byte for byte before it is read."""

import hashlib
import hmac
import threading
import time
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, HTTPServer

from exai import Exai, Unknown, WebhookVerificationError

SECRET = "whsec_example"
exai = Exai("not used to verify")


class Receiver(BaseHTTPRequestHandler):
    """Answers 204 for what the API has sent, and 400 for what somebody else has."""

    def do_POST(self) -> None:
        """Takes one delivery."""
        body = self.rfile.read(int(self.headers["content-length"]))
        try:
            event = exai.webhooks.unwrap(body, dict(self.headers), SECRET)
        except WebhookVerificationError as error:
            print("refused:", error)
            self.send_response(400)
        else:
            print("event:", event.tag if isinstance(event, Unknown) else event.type)
            self.send_response(204)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Says nothing."""


server = HTTPServer(("127.0.0.1", 0), Receiver)
threading.Thread(target=server.serve_forever, daemon=True).start()


def deliver(body: bytes, secret: str) -> int:
    """Sends what the API would send, and gives the status."""
    stamp = str(int(time.time()))
    mac = hmac.new(secret.encode(), f"whk_1.{stamp}.".encode() + body, hashlib.sha256)
    headers = {
        "Webhook-Id": "whk_1",
        "Webhook-Timestamp": stamp,
        "Webhook-Signature": f"v1={mac.hexdigest()}",
    }
    url = f"http://127.0.0.1:{server.server_address[1]}/"
    request = urllib.request.Request(url, body, headers)
    try:
        with urllib.request.urlopen(request) as response:
            return int(response.status)
    except urllib.error.HTTPError as error:
        return error.code


print(deliver(b'{"type":"newer.than.this"}', SECRET))
print(deliver(b'{"type":"newer.than.this"}', "whsec_of_somebody_else"))
server.shutdown()
server.server_close()
exai.close()
