"""Copy the resolved versions out of uv's lock into pyproject.toml. Used by .ci/pin only."""

import re
import subprocess
import sys
from pathlib import Path

PYPROJECT = Path("pyproject.toml")
BLOCK = re.compile(r"(?ms)^constraint-dependencies = \[\n.*?^\]\n")


def resolved() -> list[str]:
    """Every package of every group, as `name==version`, for every platform."""
    command = ["uv", "export", "--quiet", "--all-groups", "--no-hashes", "--no-emit-project"]
    command += ["--no-header", "--no-annotate", "--format", "requirements.txt"]
    lines = subprocess.run(  # noqa: S603 - our own words
        command, check=True, capture_output=True, text=True
    ).stdout.splitlines()
    return sorted({line.strip() for line in lines if line.strip()}, key=str.lower)


def main() -> None:
    pins = [] if "--empty" in sys.argv else resolved()
    listed = "".join(f"    {_quoted(pin)},\n" for pin in pins)
    block = f"constraint-dependencies = [\n{listed}]\n"
    text, found = BLOCK.subn(lambda _: block, PYPROJECT.read_text(encoding="utf-8"))
    if found != 1:
        sys.exit("pyproject.toml has no single constraint-dependencies list to write to")
    PYPROJECT.write_text(text, encoding="utf-8")


def _quoted(pin: str) -> str:
    return "'" + pin + "'" if '"' in pin else '"' + pin + '"'


main()
