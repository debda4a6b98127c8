"""The protocol by which Mozilla's programs are remote-controlled: a JSON array behind its length and a colon, over TCP."""

import base64
import json
import socket


class Marionette:
    """Runs JavaScript in the program's own (chrome) context."""

    def __init__(self, port, timeout=30):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=timeout)
        self.file = self.socket.makefile("rb")
        self.number = 0
        self.read()  # what it is
        self.call("WebDriver:NewSession", {"capabilities": {"alwaysMatch": {"acceptInsecureCerts": False}}})
        self.call("Marionette:SetContext", {"value": "chrome"})

    def read(self):
        length = b""
        while not length.endswith(b":"):
            octet = self.file.read(1)
            if not octet:
                raise ConnectionError("the program has closed the connection")
            length += octet
        return json.loads(self.file.read(int(length[:-1])))

    def call(self, name, parameters):
        self.number += 1
        text = json.dumps([0, self.number, name, parameters]).encode()
        self.socket.sendall(b"%d:%s" % (len(text), text))
        _, number, error, result = self.read()
        if number != self.number:
            raise RuntimeError(f"answer {number} to call {self.number}")
        if error:
            raise RuntimeError(f"{name}: {error['error']}: {error['message']}\n{error.get('stacktrace', '')}")
        return result

    def run(self, body, *arguments, timeout=30):
        """`body` is the body of an async function, with `_args`; what it returns must be JSON."""
        self.socket.settimeout(timeout + 10)
        self.call("WebDriver:SetTimeouts", {"script": timeout * 1000})
        script = ("const done = arguments[arguments.length - 1]; const _args = Array.from(arguments).slice(0, -1);"
                  f"(async () => {{ {body} }})().then(v => done({{ value: v === undefined ? null : v }}),"
                  " e => done({ error: `${e}\\n${e.stack}` }));")
        answer = self.call("WebDriver:ExecuteAsyncScript", {"script": script, "args": list(arguments), "newSandbox": False})["value"]
        if "error" in answer:
            raise RuntimeError(answer["error"])
        return answer["value"]

    def quit(self):
        self.call("Marionette:Quit", {"flags": ["eForceQuit"]})

    def screenshot(self):
        return base64.b64decode(self.call("WebDriver:TakeScreenshot", {"full": False})["value"])
