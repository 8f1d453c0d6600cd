#!/bin/sh
# Heliograph's ${package.program}, as it is installed, unpacked or in an image.
#   JAVA_OPTS           options of the JVM beside those of the .options file; they win
#   HELIOGRAPH_AOT      the cache of classes that bin/prepare made; "" for none
set -eu
program=${package.program}
main=${package.main}
home=$(cd "$(dirname "$(readlink -f "$0")")/.." && pwd)
export MALLOC_ARENA_MAX="${MALLOC_ARENA_MAX:-2}" # each thread of a class library would have glibc keep memory of its own
cache=${HELIOGRAPH_AOT-$home/$program.aot}
path=$(printf '%s:' "$home"/lib/*.jar)
set -- -cp "${path%:}" "$main" "$@"
native=$home/native/$(uname -m)
[ ! -d "$native" ] || set -- "-Dorg.sqlite.lib.path=$native" "$@"
[ ! -s "$cache" ] || set -- "-XX:AOTCache=$cache" -Xlog:aot=off "$@"
# shellcheck disable=SC2086 # JAVA_OPTS is a list of options
exec "$home/runtime/bin/java" "@$home/$program.options" ${JAVA_OPTS:-} "$@"
