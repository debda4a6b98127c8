#!/usr/bin/env python3
"""Checks every #include under src/ against cmake/layers.txt. `--self-test` plants a violation and must find it."""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
INCLUDE = re.compile(r'^\s*#\s*include\s+([<"])([^>"]+)[>"]')
TEST_ONLY = ("gtest/", "gmock/", "rapidcheck", "benchmark/", "gmime/", "fuzzer/")


def read_layers():
    layers = {}
    for line in (ROOT / "cmake/layers.txt").read_text().splitlines():
        line = line.split("#")[0].strip()
        if line:
            folder, _, rest = line.partition(":")
            ours, _, outside = rest.partition("|")
            layers[folder.strip()] = (ours.split(), outside.split())
    return layers


def folder_of(path, layers):
    """The longest listed folder that holds `path` (relative to src)."""
    parts = pathlib.PurePosixPath(path).parts[:-1]
    for n in range(len(parts), 0, -1):
        if "/".join(parts[:n]) in layers:
            return "/".join(parts[:n])
    return None


def violations(path, text, layers):
    """`path` relative to src."""
    here = folder_of(path, layers)
    if here is None:
        yield f"{path}: its folder is not in cmake/layers.txt"
        return
    ours, outside = layers[here]
    is_test = re.search(r"_(test|fuzz|bench)\.cc$|/conformance\.h$|_fixture\.h$|/transcript\.(h|cc)$", path) is not None
    for number, line in enumerate(text.splitlines(), 1):
        found = INCLUDE.match(line)
        if not found:
            continue
        kind, name = found.groups()
        if kind == '"':
            there = folder_of(name, layers)
            allowed = there == here or there in ours or "*" in ours
            allowed = allowed or (is_test and there in ("store", "store/mem", "store/rocks", "runtime", "net"))
            if not allowed:
                yield f"{path}:{number}: {here} may not include {name}"
        elif "*" in outside or (is_test and name.startswith(TEST_ONLY)):
            continue
        elif name == "coroutine":
            if "pure" in outside:
                yield f"{path}:{number}: {here} is pure: no coroutines"
        elif "." in name or "/" in name:  # not a standard C++ header
            c_headers = name in ("pthread.h", "strings.h") or is_test
            if not c_headers and not any(name.startswith(p) for p in outside):
                yield f"{path}:{number}: {here} may not include <{name}>"


def main():
    layers = read_layers()
    if "--self-test" in sys.argv:
        planted = list(violations("model/x.h", '#include "account/account.h"\n#include <boost/asio.hpp>\n', layers))
        sys.exit(0 if len(planted) == 2 else "check_layers: planted violations were not found")
    found = []
    for path in sorted((ROOT / "src").rglob("*")):
        if path.suffix in (".h", ".cc"):
            found += violations(path.relative_to(ROOT / "src").as_posix(), path.read_text(), layers)
    print("\n".join(found) if found else "layers: clean")
    sys.exit(1 if found else 0)


main()
