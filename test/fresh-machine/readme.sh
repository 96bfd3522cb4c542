#!/bin/bash
# Runs the commands under "Try it" in README.md as they stand there, up to the first one that fails.
cd "$(dirname "$(realpath "$0")")/../.." || exit 1
commands=$(sed -n '/^## Try it/,/^## Use it/{/^```sh/,/^```/{/^```/!p}}' README.md)
[ -n "$commands" ] || { echo "README.md has no commands under \"Try it\"" && exit 1; }
while read -r command <&3; do
  echo "\$ $command"
  sh -c "$command" || { echo "README.md's command failed: $command" && exit 1; }
done 3<<<"$commands"
