"""Renew requirements.lock and requirements-dev.lock from pyproject.toml: `python .ci/lock.py`.

Resolves in a temporary folder and without any index, cache or option configured on this machine, so
that nothing of it can leak into the locks: every package comes out at its newest version that
pyproject.toml allows. Options (such as `--exclude-newer 2026-11-01`) are passed to `uv lock`.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCKS = {
    # A learner's environment is without Dask: lesson 10 says what it would add.
    "requirements.lock": ["--group", "course", "--no-extra", "dask"],
    "requirements-dev.lock": ["--group", "dev"],
}


def main() -> None:
    """Resolve once, export one lock for the learner and one for the contributor."""
    local = ("UV_INDEX", "UV_DEFAULT_INDEX", "UV_EXTRA_INDEX", "UV_FIND_LINKS", "PIP_")
    environment = {k: v for k, v in os.environ.items() if not k.startswith(local)}
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(ROOT / "pyproject.toml", folder)

        def uv(*arguments: str) -> None:
            command = [sys.executable, "-m", "uv", "--no-config", *arguments]
            subprocess.run(command, cwd=folder, env=environment, check=True)

        uv("lock", "--quiet", *sys.argv[1:])
        for lock, contents in LOCKS.items():
            options = ["--all-extras", *contents, "--no-emit-project", "--no-header"]
            uv("export", "--quiet", "--frozen", "--no-annotate", *options, "-o", lock)
            shutil.copy(Path(folder) / lock, ROOT / lock)


if __name__ == "__main__":
    main()
