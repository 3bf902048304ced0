#!/bin/sh
# Starts nginx of docker-compose.yml, after making a page of the runbook: alerts and dashboards lead
# to its headings, also when nothing else answers any more.
set -eu
here=${PROXY_FOLDER:-/etc/hostwatch}
made=${PROXY_SCRATCH:-/tmp}

awk 'BEGIN {
    print "<!doctype html><html lang=en><meta charset=utf-8><title>hostwatch: runbook</title>"
    print "<meta name=viewport content=\"width=device-width\">"
    print "<style>body{max-width:60em;margin:1em auto;padding:0 1em;font-family:sans-serif}"
    print "pre{white-space:pre-wrap;font:inherit}h2:target{background:#F0E442}</style><pre>"
  }
  {gsub(/&/, "\\&amp;"); gsub(/</, "\\&lt;")}
  /^## / {name = substr($0, 4); print "</pre><h2 id=\"" tolower(name) "\">" name "</h2><pre>"; next}
  {print}
  END {print "</pre></html>"}' "$here/runbook.md" >"$made/runbook.html"
exec nginx -c "$here/nginx.conf" -g 'daemon off;' "$@"
