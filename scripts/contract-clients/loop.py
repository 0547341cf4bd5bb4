"""The loop of the Python clients in the contracts' documents, `async for line in response.content` of aiohttp, with the standard library:
each line is decoded by itself, and what begins with `data: ` is parsed without a try. loop.py CONTRACT METHOD URL KEY [BODY]"""
import http.client, json, sys, urllib.parse

contract, method, url, key, body = (sys.argv[1:] + [""])[:5]


def tell(**seen):
    print(json.dumps(seen), flush=True)


def ask(e):
    kind = e["type"]
    if kind == "chunk":
        tell(piece=e["content"])
    elif kind == "message":
        tell(whole=e["message"]["content"])
    elif kind == "error":
        tell(error=e["error"])
    elif kind == "done":
        tell(done=True)


def agentic(e):
    if "delta" not in e:
        return  # The snapshot: lines with the event's name are not looked at.
    tell(done=True) if e["done"] else tell(piece=e["delta"])


def persona(e):
    if "token" in e:
        tell(piece=e["token"])
    elif e["event"] == "error":
        tell(error=e["error"])
    elif e["event"] == "complete":
        tell(done=True)


def relay(e):
    tell(error=e["error"]) if e.get("type") == "error" else tell(piece=e["content"])


def studyguru(e):
    if e["type"] == "token":
        tell(piece=e["content"])
    elif e["type"] == "complete":
        tell(whole=e["content"], done=True)
    elif e["type"] == "error":
        tell(error=e["error"])


server = urllib.parse.urlsplit(url)
connection = http.client.HTTPConnection(server.hostname, server.port, timeout=60)
connection.request(method, f"{server.path}?{server.query}" if server.query else server.path, body or None,
                   {"Authorization": f"Bearer {key}", "Content-Type": "application/json"})
response = connection.getresponse()
if response.status != 200:
    raise SystemExit(f"{response.status} {response.read()}")
read = {"Ask": ask, "Agentic": agentic, "Persona": persona, "Relay": relay, "StudyGuru": studyguru}[contract]
try:
    for line in response:
        line = line.decode("utf-8").strip()
        if line.startswith("data: "):
            if contract == "Relay" and line == "data: [DONE]":
                tell(done=True)
            else:
                read(json.loads(line[6:]))
    # Where aiohttp would raise a ClientPayloadError, http.client only ends the lines, without having seen the last chunk.
    tell(cut=response.chunk_left is not None)
except (OSError, http.client.HTTPException):
    tell(cut=True)
