#!/bin/sh
# Real programs that tests drive: Chromium with Chinese fonts (needed), and GDAL, nginx, a QR reader, a PDF renderer (tests
# that lack theirs say so and are skipped). Installed through apt when root on Debian, asked for otherwise.
set -eu
have_fonts() { command -v fc-list >/dev/null 2>&1 && fc-list :lang=zh 2>/dev/null | grep -q .; }
have_all() { for tool in "$@"; do command -v "$tool" >/dev/null 2>&1 || [ -x "/usr/sbin/$tool" ] || return 1; done; }
packages='chromium fonts-noto-cjk fontconfig gdal-bin nginx-light openssl zbar-tools poppler-utils libpangoft2-1.0-0 libharfbuzz-subset0'
have_pango() { ldconfig -p 2>/dev/null | grep -q libpangoft2; }
if have_fonts && have_pango && have_all chromium ogrinfo nginx openssl zbarimg pdftoppm; then exit 0; fi
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  apt-get update -qq
  # shellcheck disable=SC2086
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $packages >/dev/null
elif have_fonts && have_all chromium; then
  echo "Some tests will be skipped. For all of them: sudo apt install $packages" >&2
else
  echo 'The browser tests need Chromium and a Chinese font. Install them, then run `make test` again:' >&2
  echo "  sudo apt install $packages" >&2
  exit 1
fi
