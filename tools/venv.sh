# Makes .venv with the first Python that is new enough. PYTHON names another one.
set -eu
suitable() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }
say() { echo "onethread: $*" >&2; exit 1; }

if [ -x .venv/bin/pip ] && suitable .venv/bin/python; then exit 0; fi
for candidate in ${PYTHON:-python3.11 python3.12 python3.13 python3.14 python3 python}; do
    if suitable "$candidate"; then python=$candidate; break; fi
done
[ -n "${python:-}" ] || say "no Python 3.11 or newer found; install one or set PYTHON to its path"
if ! "$python" -m venv --clear .venv >/dev/null 2>&1; then
    # Debian keeps what `venv` needs in a package of its own
    package=$("$python" -c 'import sys; print("python3.%d-venv" % sys.version_info[1])')
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        apt-get update -qq && apt-get install -y -qq "$package" >/dev/null || say "could not install $package"
        "$python" -m venv --clear .venv
    else
        say "cannot make a virtual environment; on Debian or Ubuntu: sudo apt-get install $package"
    fi
fi
