#!/bin/sh
# Brings Kafka Streams and compiles the contestant into the folder that is named, once.
# Without Maven or a JDK the line to run is printed, and the bench goes on without it.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
out=$1
for program in mvn javac; do
  if ! command -v "$program" >/dev/null 2>&1; then
    echo "$program is missing, so Kafka Streams does not take part: apt-get install maven default-jdk-headless" >&2
    exit 0
  fi
done
stamp=$(cat "$here/pom.xml" "$here/StreamsJob.java" | sha256sum | cut -c1-16)
[ "$(cat "$out/stamp" 2>/dev/null)" = "$stamp" ] && exit 0
rm -rf "$out"
mkdir -p "$out/classes"
out=$(cd "$out" && pwd)  # Maven takes a relative folder as relative to pom.xml
echo 'Bringing Kafka Streams (90 MB, once) ...' >&2
mvn -q -B -f "$here/pom.xml" dependency:copy-dependencies "-DoutputDirectory=$out/jars" </dev/null >&2
javac -d "$out/classes" -cp "$out/jars/*" "$here/StreamsJob.java"
echo "$stamp" >"$out/stamp"
