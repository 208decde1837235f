#!/bin/sh
# Says what a tag may be published as: gate.sh TAG APPLE WINDOWS, where the last two are `true` when the
# secrets for signing are there. Two lines go to standard output, stable=… and signed=…; a tag that must not
# be published ends with 1 and the reason on standard error.
set -eu
tag=$1 apple=$2 windows=$3

version=$(sed -n '/^\[workspace.package\]/,/^\[/s/^version = "\(.*\)"$/\1/p' "$(dirname "$0")/../../Cargo.toml")
case $tag in
"v$version") stable=true ;;
"v$version-"?*) stable=false ;;
*)
  echo "the tag is $tag, the program's version $version: the tag must be v$version, or v$version-… for a preview" >&2
  exit 1
  ;;
esac

if [ "$apple" = true ] && [ "$windows" = true ]; then signed=true; else signed=false; fi
if [ "$stable" = true ] && [ "$signed" = false ]; then
  echo "stable must be signed: secrets for Apple are there: $apple; for Windows: $windows" >&2
  exit 1
fi
printf 'stable=%s\nsigned=%s\n' "$stable" "$signed"
