#!/bin/sh
# The browser tests drive a real Chromium with Chinese fonts: installed through apt when root on Debian, asked for otherwise.
set -eu
have_fonts() { command -v fc-list >/dev/null 2>&1 && fc-list :lang=zh 2>/dev/null | grep -q .; }
if command -v chromium >/dev/null 2>&1 && have_fonts; then exit 0; fi
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-noto-cjk fontconfig >/dev/null
else
  echo 'The browser tests need Chromium and a Chinese font. Install them, then run `make test` again:' >&2
  echo '  sudo apt install chromium fonts-noto-cjk fontconfig' >&2
  exit 1
fi
