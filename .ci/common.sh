# What the scripts beside this one share; it is sourced. They run from any folder, and start from a
# set-up course: `python course.py --version` makes .venv.
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export CI=true
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# As `python course.py test`: whole files, shared among processes.
parallel=(-n logical --maxprocesses=4 --dist=loadfile)

step() { printf '\n=== %s (after %s s)\n' "$1" "$SECONDS"; }
uv() { .venv/bin/python -m uv "$@"; }

# The contributor's environment, held to the hashes of its lock, in the folder $1.
contributors_environment() {
    uv venv --quiet --python .venv/bin/python "$1"
    uv pip install --quiet --python "$1" --require-hashes -r requirements-dev.lock
    uv pip install --quiet --python "$1" --offline --no-deps --no-build-isolation --editable .
}

# Where a Python of version $1 (such as 3.12) is, if there is one here.
find_version() {
    local name
    for name in "python$1" "${PYENV_ROOT:-$HOME/.pyenv}/versions/$1".*/bin/python; do
        if "$name" -c 'import ensurepip' 2>/dev/null; then echo "$name"; return; fi
    done
}

# Compare the stored outputs of all notebooks with fresh ones, by the Python $1.
compare_notebooks() {
    shopt -s globstar nullglob
    EMLIB_PROGRESS="$work/progress.json" "$1" notebooks/warm_kernels.py \
        "$1" -m pytest "${parallel[@]}" --nbval notebooks/**/*.ipynb
}
