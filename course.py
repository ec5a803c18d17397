"""Start the course: `python course.py` (on Windows `py course.py`).

  python course.py                  set up on the first run, then open your own working copy
  python course.py --with-outputs   the same with all results in place: to read, not to predict
  python course.py test             check everything: the package, its examples and every notebook

For contributors:

  python course.py build                       write the notebooks anew from notebooks/source
  python course.py new exercise 05.4           begin the next exercise of lesson 05
  python course.py new lesson 18_name "Title"  begin a lesson, in every place that names one

Options such as --no-browser or --port 8890 are handed to JupyterLab.
"""

from __future__ import print_function

import sys

if sys.version_info < (3, 11):  # before anything that an older Python cannot import
    sys.exit("The course needs Python 3.11 or newer; this is Python %d.%d." % sys.version_info[:2])

import hashlib
import os
import re
import signal
import subprocess
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
STAMP = VENV / "set-up-complete"
LOCK = ROOT / "requirements.lock"


def say(sentence):
    """Tell the learner, at once, what is going on."""
    print("course: " + sentence, flush=True)


def run(command, must=False):
    """Run a command in the course's folder and return its exit status; stop where it must be 0."""
    status = subprocess.call([str(part) for part in command], cwd=ROOT)
    if must and status:
        sys.exit("course: the set-up stopped, see above. The same command starts it afresh.")
    return status


def set_up():
    """Make .venv unless it is complete: the stamp of what it is made of is written last."""
    made_of = b"".join(p.read_bytes() for p in [LOCK] + sorted(ROOT.glob("labextension/**/*.js*")))
    stamp = hashlib.sha256(made_of + repr((str(ROOT), sys.version_info[:2])).encode()).hexdigest()
    if PYTHON.exists() and STAMP.exists() and STAMP.read_text() == stamp:
        return
    say("setting up, once; this takes about a minute. 1 of 3: the environment .venv")
    STAMP.unlink(missing_ok=True)
    if Path(sys.prefix).resolve() != VENV.resolve():  # a Python does not clear itself away
        run([sys.executable, "-m", "venv", "--clear", VENV], must=True)
    say("2 of 3: the packages of requirements.lock, about 200 MB to fetch; this part is silent")
    pip = [PYTHON, "-m", "pip", "--disable-pip-version-check", "install"]
    uv = [PYTHON, "-m", "uv", "pip", "install", "--python", PYTHON, "--require-hashes", "-r", LOCK]
    pin_of_uv = VENV / "uv.lock"
    pin_of_uv.write_text(re.search(r"(?m)^uv==(.*\\\n)*.*\n", LOCK.read_text()).group())
    if run(pip + ["--quiet", "--require-hashes", "-r", pin_of_uv]) or run(uv + ["--quiet"]):
        say("uv cannot install them here, so pip does; this takes a few minutes")
        run(pip + ["--require-hashes", "-r", LOCK], must=True)
    say("3 of 3: emlib, from this folder")
    run(pip + ["--quiet", "--no-index", "--no-deps", "--no-build-isolation", "-e", ROOT], must=True)
    STAMP.write_text(stamp)


def lab(options):
    """Open JupyterLab on the learner's working copy; --allow-root only where the user is root."""
    jupyterlab = [PYTHON, "-m", "jupyterlab", "my_course"]
    jupyterlab += ["--LabApp.default_url=/lab/tree/00_start_here.ipynb"]
    jupyterlab += ["--LabApp.app_settings_dir=" + str(ROOT / "notebooks" / "settings")]
    jupyterlab += ["--allow-root"] if getattr(os, "geteuid", lambda: None)() == 0 else []
    outputs = [option for option in options if option == "--with-outputs"]
    others = [option for option in options if option not in outputs]
    return script("working_copy.py")(outputs) or run(jupyterlab + others)


def script(name):
    """Return what runs a script of the folder of the notebooks, with options."""
    return lambda options: run([PYTHON, "notebooks/" + name] + options)


def test(options):
    """Run the tests, then compare the stored outputs of all notebooks with fresh ones.

    Several processes share the files, one for each processor but at most four.
    """
    pytest = [PYTHON, "-m", "pytest", "-n", "logical", "--maxprocesses=4", "--dist=loadfile"]
    found = sorted((ROOT / "notebooks").rglob("[0-9]*.ipynb"))
    notebooks = [path for path in found if "-checkpoint" not in path.name]
    files = [PYTHON, "notebooks/warm_kernels.py"] + pytest + ["--nbval"] + notebooks
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["EMLIB_PROGRESS"] = os.path.join(folder, "progress.json")
        say("first the package and its examples, then the notebooks: about four minutes in all")
        failed = run(pytest + ["-m", "not slow and not browser"] + options) or run(files)
    say("this took %.0f seconds" % (time.monotonic() - started))
    say("a test failed, see above" if failed else "all tests passed")
    return int(failed)


def main(arguments):
    """Set up and do what is asked; return the exit status or a sentence that says what is wrong."""
    signal.signal(signal.SIGINT, lambda *_: None)  # Ctrl-C is for the process that runs below
    commands = {"lab": lab, "test": test, "build": script("build.py"), "new": script("scaffold.py")}
    if "--help" in arguments:
        return print(__doc__)
    name = "lab" if not arguments or arguments[0].startswith("-") else arguments.pop(0)
    if name not in commands:
        return "course: there is no command %r; there are lab, test, build and new." % name
    set_up()
    return commands[name](arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
