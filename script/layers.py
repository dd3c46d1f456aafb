#!/usr/bin/env python3
"""Checks that arrows go down only: which folder includes which, and which library is seen where (ARCHITECTURE.md)."""
import pathlib
import re
import sys

# A folder may include the folders named here, and itself.
BELOW = {
    "base": set(),
    "model": {"base"},
    "store": {"base", "model"},
    "net": {"base"},
    "ledger": {"base", "model", "store"},
    "fanout": {"base", "model", "store", "net", "ledger"},
    "siigo": {"base", "model", "store", "net"},
    "http": {"base", "model", "store", "net", "ledger", "fanout", "siigo"},
    "sync": {"base", "model", "store", "net", "ledger", "siigo"},
    "sim": {"base", "model", "net", "siigo"},
    "app": {"base", "model", "store", "net", "ledger", "fanout", "siigo", "http", "sync", "sim"},
}
# Who may include a library whose types must not spread.
ONLY_IN = {
    "rocksdb/": {"store"},
    "boost/beast": {"net", "http", "fanout", "siigo", "sim"},
    "spdlog/": {"base"},
    "CLI/": {"app"},
}
# Who alone may ask the surroundings: time and chance go through Clock and Random, settings through app.
FORBIDDEN = [
    (re.compile(r"\bsteady_timer\b"), {"src/base/clock.cpp", "src/base/event.cpp"}, "waits go through Clock"),
    (re.compile(r"\b(system_clock|steady_clock)::now\(\)"), {"src/base/clock.cpp", "src/store/free_space.cpp"}, "time comes from Clock"),
    (re.compile(r"\b(RAND_bytes|random_device|mt19937)\b"), {"src/base/random.cpp", "src/net/tls_tickets.cpp"}, "chance comes from Random"),
    (re.compile(r"\bgetenv\b"), {"src/base/log.cpp"}, "only app reads the environment"),
]
INCLUDE = re.compile(r'^\s*#include\s+[<"]([^>"]+)[>"]')


# A type in a header, at the margin. Two of one name in one namespace are one to the linker, which then takes the
# destructor of either for both: nothing else notices before the heap is broken.
TYPE = re.compile(r"^(?:struct|class|enum class)\s+(\w+)(?:\s+final)?\s*(?::(?!:)[^;]*)?\{?$")
NAMESPACE = re.compile(r"^namespace (\S+) \{")


def strip_comment(line):
    return line.split("//", 1)[0]


def main():
    root = pathlib.Path(__file__).resolve().parent.parent
    faults = []
    types = {}
    for path in sorted([*root.glob("src/**/*.[ch]pp"), *root.glob("include/**/*.hpp")]):
        name = path.relative_to(root).as_posix()
        parts = name.split("/")
        folder = parts[2] if parts[0] == "include" else parts[1]
        if folder not in BELOW:
            continue  # src/main.cpp
        text = path.read_text(encoding="utf-8").splitlines()
        if path.suffix == ".hpp" and "#pragma once" not in text[:3]:
            faults.append(f"{name}:1: a header begins with #pragma once")
        namespace = ""
        for number, line in enumerate(text, 1):
            if found := NAMESPACE.match(line):
                namespace = found.group(1)
            if path.suffix == ".hpp" and (found := TYPE.match(strip_comment(line).rstrip())):
                first = types.setdefault((namespace, found.group(1)), f"{name}:{number}")
                if first != f"{name}:{number}":
                    faults.append(f"{name}:{number}: {namespace}::{found.group(1)} is defined in {first} too")
            found = INCLUDE.match(line)
            if found:
                target = found.group(1)
                for library, folders in ONLY_IN.items():
                    if target.startswith(library) and folder not in folders:
                        faults.append(f"{name}:{number}: {library} is for {', '.join(sorted(folders))} alone")
                    if target.startswith(library) and path.suffix == ".hpp" and parts[0] == "include":
                        faults.append(f"{name}:{number}: {library} must stay behind a .cpp file")
                segments = target.split("/")
                other = segments[1] if segments[0] == "stockcast" and len(segments) > 2 else segments[0]
                if other in BELOW and len(segments) > 1 and other != folder and other not in BELOW[folder]:
                    faults.append(f"{name}:{number}: {folder} may not include {other}")
            code = strip_comment(line)
            for pattern, allowed, why in FORBIDDEN:
                if pattern.search(code) and name not in allowed:
                    faults.append(f"{name}:{number}: {why}")
    print("\n".join(faults) if faults else f"layers: arrows go down only ({len(BELOW)} folders)")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
