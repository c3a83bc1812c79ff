# For the start scripts of the contestants. Each is called as
#   start --version                          prints one line, or fails where the program is not installed
#   start PORT ORIGIN_PORT DIRECTORY [LOG]   serves 127.0.0.1:PORT from the origin, in the foreground
# DIRECTORY is fresh, for its cache and all its other files; LOG is where its access log goes, which is
# off without it. What a contestant starts ends with it.
set -euo pipefail
peer=$(cd "$(dirname "$0")" && pwd)
PATH=$PATH:/usr/sbin:/usr/local/sbin

# Copies files of the contestant to its directory, with what is known only now filled in.
configure() {
  local file
  for file in "$@"; do
    sed -e "s|@PORT@|$port|g" -e "s|@ORIGIN_PORT@|$origin_port|g" -e "s|@DIR@|$dir|g" \
      "$peer/$file" > "$dir/$file"
  done
}

# Keeps the lines that belong to a log that is wanted, or to one that is not: '#log ' and '#nolog '.
choose_log() {
  local file
  for file in "$@"; do
    if [ -n "$log" ]; then
      sed -i -e "s|^#log ||; /^#nolog /d; s|@LOG@|$log|g" "$dir/$file"
    else
      sed -i -e "s|^#nolog ||; /^#log /d" "$dir/$file"
    fi
  done
}

if [ "${1:-}" != --version ]; then
  port=$1
  origin_port=$2
  dir=$3
  log=${4:-}
fi
