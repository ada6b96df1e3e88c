# Read by every zsh of a session that `belay run` started: goes on to the user's own files, with the shims in front of PATH.
if [[ -n ${BELAY_ZDOTDIR-} ]]; then ZDOTDIR=$BELAY_ZDOTDIR; else unset ZDOTDIR; fi
if [[ -r ${ZDOTDIR:-$HOME}/.zshenv ]]; then source "${ZDOTDIR:-$HOME}/.zshenv"; fi
if [[ -n ${BELAY_SESSION-} && $PATH: != ${BELAY_SHIMS}:* ]]; then PATH=$BELAY_SHIMS:$PATH; fi
