/** Exit codes of every `belay` command: part of the interface. `belay run` ends with its command's own. */
export const EXIT = {
  ok: 0,
  /** It was tried and did not work; also a request that was refused. */
  failed: 1,
  /** The command line itself is wrong. */
  usage: 2,
  /** `belay check`: it would be held for a person. */
  ask: 3,
  /** `belay check`: it would be denied. */
  deny: 4,
  /** The daemon could not be reached. */
  unreachable: 5,
} as const;
