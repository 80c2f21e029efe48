#!/bin/sh
# Installs from Debian what `make test-real` needs. As root, else through sudo.
# Nothing is started: the tests run their own servers on loopback.
set -eu

packages="
  wordpress wordpress-theme-twentytwentythree
  mariadb-server
  php-cli php-mysql php-xml php-mbstring php-gd php-curl
  ceph-mon ceph-osd radosgw ceph-common uuid-runtime jq
  default-jdk-headless libjaxb-java libpdfbox2-java poppler-utils
"

if [ "$(id -u)" -eq 0 ]; then as_root=""; else as_root="sudo"; fi

installed() {  # asked of what is used, for packages are named differently between releases
  for module in mysqli mbstring gd curl xml; do
    php -m 2>/dev/null | grep -qx "$module" || return 1
  done
  PATH="$PATH:/usr/sbin" command -v mariadbd >/dev/null || return 1
  for program in ceph ceph-mon ceph-osd radosgw radosgw-admin uuidgen jq; do
    command -v "$program" >/dev/null || return 1
  done
  for program in javac pdftotext pdfimages; do
    command -v "$program" >/dev/null || return 1
  done
  for library in jaxb-runtime jaxb-core istack-commons-runtime txw2 javax.activation preflight; do
    [ -e "/usr/share/java/$library.jar" ] || return 1
  done
  [ -e /usr/share/wordpress/wp-load.php ] || return 1
  [ -d /usr/share/wordpress/wp-content/themes/twentytwentythree ]
}

again() {  # a mirror that is being updated answers badly for a while
  tries=0
  until "$@"; do
    tries=$((tries + 1))
    if [ "$tries" -ge 4 ]; then
      echo "install.sh: gave up after $tries tries: $*" >&2
      exit 1
    fi
    sleep $((tries * 10))
  done
}

if installed; then exit 0; fi

# a database of the system's own is not wanted: keep the packages from starting one
if [ ! -e /usr/sbin/policy-rc.d ]; then
  printf '#!/bin/sh\nexit 101\n' | $as_root tee /usr/sbin/policy-rc.d >/dev/null
  $as_root chmod 755 /usr/sbin/policy-rc.d
  trap '$as_root rm -f /usr/sbin/policy-rc.d' EXIT
fi

again $as_root apt-get update -q
# shellcheck disable=SC2086 -- the list is meant to be split
again $as_root env DEBIAN_FRONTEND=noninteractive \
  apt-get install -y -q --no-install-recommends $packages
installed || { echo "install.sh: the packages are there but something is missing" >&2; exit 1; }
