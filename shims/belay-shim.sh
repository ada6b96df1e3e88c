#!/bin/sh
# Belay's shim where no C compiler and no prebuilt one was to be had: the same questions and answers as belay-shim.c, by way
# of Node (0.1 s a call instead of 0.0002). It differs in what sh itself changes: argv[0] becomes the program's path, and
# variables whose names no shell accepts (BASH_FUNC_x%%) are lost where sh drops them. Linked as belay-shim.c's links are.

belay_node=@NODE@
belay_client=@CLIENT@
belay_name=${0##*/}

# Whether $1 is a shim, ours or that of another copy of Belay.
belay_is_shim() {
  case $1 in "${0%/*}"/*) return 0 ;; esac
  case $(readlink "$1" 2>/dev/null) in belay-shim* | */belay-shim*) return 0 ;; esac
  return 1
}

belay_find() {
  belay_rest=${PATH-/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin}:
  while [ -n "$belay_rest" ]; do
    belay_folder=${belay_rest%%:*}
    belay_rest=${belay_rest#*:}
    belay_real=${belay_folder:-.}/$belay_name
    if [ -f "$belay_real" ] && [ -x "$belay_real" ] && ! belay_is_shim "$belay_real"; then return 0; fi
  done
  return 1
}

case $belay_name in
  applypatch-msg | pre-applypatch | post-applypatch | pre-commit | pre-merge-commit | prepare-commit-msg | commit-msg | \
    post-commit | pre-rebase | post-checkout | post-merge | pre-push | pre-auto-gc | post-rewrite | sendemail-validate | \
    reference-transaction)
    belay_kind=hook
    belay_real=${GIT_DIR:-.git}/hooks/$belay_name
    if [ -z "${BELAY_SESSION+set}" ]; then
      if [ -f "$belay_real" ] && [ -x "$belay_real" ]; then exec "$belay_real" "$@"; fi
      exit 0
    fi
    ;;
  belay-line)
    belay_kind=line
    if [ -z "${BELAY_SESSION+set}" ]; then exit 0; fi
    [ "${1-}" = -c ] && [ $# -ge 2 ] || { echo 'usage: belay-line -c TEXT' >&2; exit 2; }
    belay_name=bash
    belay_find || belay_real=
    ;;
  *)
    belay_kind=program
    if ! belay_find; then
      printf '%s: command not found\n' "$belay_name" >&2
      exit 127
    fi
    if [ -z "${BELAY_SESSION+set}" ]; then exec "$belay_real" "$@"; fi
    ;;
esac

# The client says `run` on descriptor 9 when this shell is to become the program, `signal N` when it is to die as the
# watched program did. Otherwise everything is done, and the client's status is ours. Its NODE_OPTIONS would be the agent's: kept aside.
{
  belay_answer=$(
    if [ -n "${NODE_OPTIONS+set}" ]; then export BELAY_CALLERS_NODE_OPTIONS="$NODE_OPTIONS"; fi
    unset NODE_OPTIONS
    if [ "$belay_kind" = line ]; then set -- bash "$@"; else set -- "$0" "$@"; fi
    exec "$belay_node" "$belay_client" "$belay_kind" "$belay_real" "$@" 9>&1 >&8 8>&-
  )
  belay_status=$?
} 8>&1

case $belay_answer in
  run)
    if [ "$belay_kind" = line ]; then exit 0; fi
    case $belay_name${BASH_ENV+.bash}${ZDOTDIR+.zsh} in
      bash.bash* | zsh*.zsh) export BELAY_ASKED=$$ ;; # its line was judged just now: become.h
    esac
    exec "$belay_real" "$@"
    ;;
  signal*) kill -"${belay_answer#signal }" $$ ;;
esac
exit "$belay_status"
