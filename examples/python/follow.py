#!/usr/bin/env python3
"""follow.py http://localhost:5000 TOKEN [position.json]

Follows a stockcast server with the waiting GET: prints each change of a figure, and goes on where it was when it is
started again. Standard library only.
"""

import json
import os
import random
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from decimal import Decimal


def ask(url, token, path, **query):
    """The parsed answer. Figures are Decimal: none is rounded by binary floating point."""
    address = f"{url}{path}?{urllib.parse.urlencode(query)}"
    request = urllib.request.Request(address, headers={"Authorization": f"Bearer {token}"})
    with urllib.request.urlopen(request, timeout=90) as answer:
        return json.loads(answer.read(), parse_float=Decimal)


def read_all(url, token):
    """Every product, and the position to go on from: the first page's, since what changes meanwhile comes again."""
    epoch = ask(url, token, "/api/stats")["epoch"]
    seq, cursor, products = None, "", []
    while cursor is not None:
        page = ask(url, token, "/api/products", limit=1000, **({"cursor": cursor} if cursor else {}))
        seq = page["seq"] if seq is None else seq
        products += page["products"]
        cursor = page["next"]
    print(f"{len(products)} products as of {seq}", flush=True)
    return {"epoch": epoch, "seq": seq}


def save(file, position):
    with open(file + ".new", "w", encoding="utf-8") as out:
        json.dump(position, out)
    os.replace(file + ".new", file)


def load(file):
    try:
        with open(file, encoding="utf-8") as kept:
            return json.load(kept)
    except (FileNotFoundError, ValueError):
        return None


def main(url, token, file="position.json"):
    position = load(file)
    failures = 0
    while True:
        try:
            if position is None:
                position = read_all(url, token)
                save(file, position)
            answer = ask(url, token, "/api/changes", since=position["seq"], epoch=position["epoch"], wait="30s", limit=1000)
            for change in answer["changes"]:
                if change["type"] == "stock_updated":
                    print(change["productCode"], change["oldStock"], "→", change["newStock"], flush=True)
                # Dealt with, then saved: a crash between the two shows one again, and loses none.
                position = {"epoch": answer["epoch"], "seq": change["seq"]}
                save(file, position)
            failures = 0
        except urllib.error.HTTPError as refusal:
            if refusal.code == 410:  # what is missing is no longer kept, or it is another store
                position = None
                continue
            wait = float(refusal.headers.get("Retry-After") or 0)
            failures += 1
            print(f"HTTP {refusal.code}", file=sys.stderr, flush=True)
            time.sleep(wait + random.uniform(0, min(30, 2**failures)))
        except OSError as failure:
            failures += 1
            print(failure, file=sys.stderr, flush=True)
            time.sleep(random.uniform(0, min(30, 2**failures)))


if __name__ == "__main__":
    if len(sys.argv) not in (3, 4):
        sys.exit(__doc__)
    try:
        main(sys.argv[1].rstrip("/"), *sys.argv[2:])
    except KeyboardInterrupt:
        pass
