# The browser tests need a Chromium: the one CHROMIUM names, the system's, or one installed by apt where root allows.
for candidate in "${CHROMIUM:-}" chromium chromium-browser google-chrome "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"; do
    if [ -n "$candidate" ] && command -v "$candidate" >/dev/null; then exit 0; fi
done
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "Installing Chromium for the browser tests …"
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium >/dev/null && exit 0
fi
echo "onethread: the browser tests need Chromium; install it (Debian: sudo apt-get install chromium) or set CHROMIUM to its path" >&2
exit 1
