# Read by every zsh of a session that `belay run` started, scripts and login shells included: lets the line of a `zsh -c` be
# judged that was started by its absolute path, past the shell's shim; goes on to the user's own files; and puts the shims in
# front of PATH, again before each prompt, since files that are read after this one may reset it.
if [[ -n ${BELAY_ZDOTDIR-} ]]; then ZDOTDIR=$BELAY_ZDOTDIR; else unset ZDOTDIR; fi
if [[ -n ${BELAY_SESSION-} ]]; then
  [[ $PATH: == ${BELAY_SHIMS}:* ]] || PATH=$BELAY_SHIMS:$PATH
  if [[ -n ${ZSH_EXECUTION_STRING-} && ${BELAY_ASKED-} != $$ && -x ${BELAY_LINE-} ]]; then
    "$BELAY_LINE" -c "$ZSH_EXECUTION_STRING" || exit 1
  fi
  unset BELAY_ASKED
fi
if [[ -r ${ZDOTDIR:-$HOME}/.zshenv ]]; then source "${ZDOTDIR:-$HOME}/.zshenv"; fi
if [[ -n ${BELAY_SESSION-} ]]; then
  __belay_path() { [[ $PATH: == ${BELAY_SHIMS}:* ]] || PATH=$BELAY_SHIMS:$PATH }
  __belay_path
  if [[ -o interactive ]]; then precmd_functions+=(__belay_path); fi
fi
