#!/usr/bin/env python3
"""Checks that docs/runbook.md and docs/runbook.es.md have every alert, every refusal to start and every ❌ line of the log, in
the words that are printed. A message is compared by the pieces between its placeholders and values: each must stand in the guide
of its language, for whoever searches it there at night."""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
ALERTS = "include/stockcast/base/alerts.hpp"
GUIDES = [("docs/runbook.md", "docs/operation.md"), ("docs/runbook.es.md", "docs/operation.es.md")]
# Refusals of commands that say their remedy themselves and keep nobody from serving.
NOT_OF_THE_SERVER = {"command_table.cpp", "demo.cpp", "local_server.cpp", "rotate_secret.cpp", "setup.cpp", "token.cpp",
                     "verify_upstream.cpp"}
REFUSE = {"app", "ledger", "net", "store", "sync"}  # folders whose refusals end a start
SHORTEST = 12  # a shorter piece is glue
TOKEN = re.compile(r'"((?:[^"\\\n]|\\.)*)"|//[^\n]*|/\*.*?\*/|' + r"'(?:[^'\\\n]|\\.)'", re.S)


def texts_and_code(source):
    """The source with each string literal (adjacent ones joined) as «number», and the literals. Comments are gone."""
    literals = []

    def keep(found):
        if found.group(1) is None:
            return " " if found.group(0).startswith("/") else "' '"
        literals.append(found.group(1).replace('\\"', '"'))
        return f"«{len(literals) - 1}»"

    code = TOKEN.sub(keep, source)
    for joined in re.finditer(r"«(\d+)»(?:\s*«\d+»)+", code):
        numbers = [int(number) for number in re.findall(r"\d+", joined.group(0))]
        literals[numbers[0]] = "".join(literals[number] for number in numbers)
    return re.sub(r"(«\d+»)(?:\s*«\d+»)+", r"\1", code), literals


def bracketed(code, start):
    """What stands between the bracket at `start` and its partner."""
    depth = 0
    for at in range(start, len(code)):
        depth += (code[at] in "({[") - (code[at] in ")}]")
        if depth == 0:
            return code[start + 1:at]
    return code[start + 1:]


def arguments(code):
    """Split at commas that stand in no bracket."""
    parts, depth = [""], 0
    for c in code:
        depth += (c in "({[") - (c in ")}]")
        if c == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += c
    return parts


def in_both_languages(parts, literals):
    """Of two arguments, English and Spanish, the pieces of text that each is made of."""
    found = []
    for part in parts:
        texts = [literals[int(number)] for number in re.findall(r"«(\d+)»", part)]
        pieces = [piece for text in texts for piece in re.split(r"\{\w+\}", text)]
        found.append([" ".join(piece.split()) for piece in pieces if len(piece.strip(" .,:;()")) >= SHORTEST])
    return found


def sentences(code, literals, whole):
    """The sentence as it stands there, or those that a constant or function of the same file gives."""
    pair = re.compile(r"\{\s*(«\d+»)\s*,\s*(«\d+»)\s*\}")
    if found := pair.search(code):
        return [in_both_languages(found.groups(), literals)]
    told = []
    for name in re.findall(r"\b[a-z_]+\b", code):
        for made in re.finditer(r"Sentence " + name + r"(?:\([^)]*\) )?(\{)", whole):
            body = "{" + bracketed(whole, made.start(1)) + "}"
            told += [in_both_languages(found.groups(), literals) for found in pair.finditer(body)]
    return told


ALERT = re.compile(r"\.(?:raise|note|clear)(\()\s*AlertKind::")
ERROR = re.compile(r"\blog_?\.(?:error(\()|warning(\()\s*Mark::error|write(\()[^;]*Mark::error)")


def alerts_and_errors_of(code, literals):
    for found in [*ALERT.finditer(code), *ERROR.finditer(code)]:
        yield from sentences(bracketed(code, found.start(found.lastindex)), literals, code)


def refusals_of(code, literals):
    for found in re.finditer(r"throw Failure(\{)|throw StoreRefused([({])|\bcomplaints_?\.push_back(\()", code):
        inside = bracketed(code, found.start(found.lastindex))
        if found.lastindex == 3 and inside.strip().startswith("{"):
            inside = bracketed(inside.strip(), 0)
        yield in_both_languages(arguments(inside)[-2:], literals)
    for found in re.finditer(r"\b(?:StoreRefused|Failure)\b[^;{}]*(\{)", code):  # a function that makes one
        body = bracketed(code, found.start(1))
        if made := re.search(r"return (\{)", body):
            yield in_both_languages(arguments(bracketed(body, made.start(1)))[-2:], literals)
    # Of net, in English alone: certificate and key, the address.
    for found in re.finditer(r"\brefuse(\()\w*file\w*,|throw std::system_error(\{)", code):
        yield in_both_languages(arguments(bracketed(code, found.start(found.lastindex)))[-1:], literals) * 2


def main():
    faults = []
    guides = {name: " ".join((ROOT / name).read_text(encoding="utf-8").split()) for pair in GUIDES for name in pair}
    header = (ROOT / ALERTS).read_text(encoding="utf-8")
    kinds = re.findall(r"^    (\w+),", re.search(r"enum class AlertKind \{(.*?)\};", header, re.S).group(1), re.M)
    for kind in kinds:
        faults += [f"{name}: nothing of the alert {kind}" for name in guides if f"`{kind}`" not in guides[name]]

    messages = 0
    for path in sorted(ROOT.glob("src/**/*.cpp")):
        name = path.relative_to(ROOT).as_posix()
        if name.startswith("src/sim/"):
            continue
        code, literals = texts_and_code(path.read_text(encoding="utf-8"))
        told = list(alerts_and_errors_of(code, literals))
        if name.split("/")[1] in REFUSE and path.name not in NOT_OF_THE_SERVER:
            told += list(refusals_of(code, literals))
        for languages in told:
            messages += 1 if any(languages) else 0
            for (guide, _), pieces in zip(GUIDES, languages):
                faults += [f"{guide}: {name} says «{piece}», which is not there" for piece in pieces
                           if piece not in guides[guide]]
    if not kinds or messages < 50:
        faults.append(f"script/runbook.py sees {len(kinds)} alerts and {messages} messages: it no longer reads the source")
    faults = list(dict.fromkeys(faults))
    print("\n".join(faults) if faults else f"runbook: {len(kinds)} alerts and {messages} messages stand there in both languages")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
