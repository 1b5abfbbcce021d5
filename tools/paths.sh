# shellcheck shell=bash
# For the scripts that work in the project's folder, which read this with `source`: goes there. Paths that their users give start
# where the scripts were called.
called_from=$PWD
cd "$(dirname "${BASH_SOURCE[0]}")/.."

given_path() { # a path as it was given; prints it as it is from here
  if [[ $1 == /* || $called_from == "$PWD" ]]; then
    printf '%s\n' "$1"
  else
    printf '%s\n' "$called_from/$1"
  fi
}

given_program() { # the same of a program: a name without a folder is looked for in PATH
  if [[ $1 == */* ]]; then given_path "$1"; else printf '%s\n' "$1"; fi
}

expect_number() { # option, its value, the least one: ends the script where it is no such whole number
  [[ $2 =~ ^(0|[1-9][0-9]{0,8})$ ]] && [ "$2" -ge "$3" ] && return
  echo "$(basename "$0"): $1 $2: expected a whole number from $3 on" >&2
  exit 2
}

find_spot() { # sets SPOT to the program that it names, or builds one
  if [ -z "${SPOT:-}" ]; then
    swift build -c release --product spot >&2
    SPOT=$(swift build -c release --show-bin-path)/spot
  else
    SPOT=$(given_program "$SPOT")
  fi
}
