/**
 * Every error that Belay shows, in one table: its code, what went wrong, what to do next.
 * Codes are dotted, stable, and part of the interface; `docs/errors.md` lists them.
 */

interface ErrorText {
  /** What went wrong; `{name}` is filled from the error's fields. */
  readonly message: string;
  /** What the reader can do next. */
  readonly next: string;
}

/** The table. */
export const ERRORS = {
  'daemon.unreachable': {
    message: "can't reach the Belay daemon at {socket}: {cause}",
    next: 'Start it with: belay daemon start',
  },
  'daemon.running': { message: 'a Belay daemon is already running (pid {pid})', next: 'Nothing to do.' },
  'daemon.socket-path': {
    message: 'the socket path is {bytes} bytes long, and this system takes at most {max}: {socket}',
    next: 'Set XDG_RUNTIME_DIR to a shorter folder of your own.',
  },
  'daemon.socket-squatted': {
    message: 'something that is not our socket stands at {socket}: {found}',
    next: 'Look at it, remove it if it is not yours, and start Belay again.',
  },
  'daemon.folder-unsafe': {
    message: 'the folder {folder} is not safe: {found}',
    next: 'It must be a folder that you own with mode 0700: chmod 700 {folder}',
  },
  'daemon.failed': { message: 'the daemon could not do it: {cause}', next: 'See why with: belay daemon logs' },
  'frame.bad': { message: 'a frame could not be read: {cause}', next: 'Use the same version of Belay on both sides.' },
  'frame.too-large': { message: 'a frame of {bytes} bytes is over the limit of {max}', next: 'Send less at once.' },
  'frame.version': {
    message: 'the other side speaks protocol version {version}, this one speaks {ours}',
    next: 'Restart the daemon with: belay daemon stop; belay daemon start',
  },
  'request.unknown': { message: 'there is no request {id}', next: 'See the newest with: belay log{near}' },
  'request.not-held': { message: 'request {id} is not held: {state}', next: 'See what waits with: belay review' },
  'approval.self': {
    message: 'an approval came from inside the guarded session {session}, and was refused',
    next: 'Answer from another terminal.',
  },
  'approval.grave': {
    message: 'request {id} could destroy what nothing brings back: one key is not enough',
    next: 'To approve it all the same, type its id in full: belay approve {id} --confirm {id}',
  },
  'approval.scope': {
    message: 'request {id} can be approved only once: {why}',
    next: 'To let it run this time: belay approve {id}',
  },
  'grant.unknown': { message: 'there is no grant {id} that Belay can take back', next: 'See them with: belay grants' },
  'mode.inside-session': {
    message: 'the mode cannot be changed from inside a guarded session',
    next: 'Run it from another terminal.',
  },
  'session.nested': {
    message: 'this terminal is inside a guarded session already ({session})',
    next: 'Run the command as it is: it is guarded.',
  },
  'session.not-yours': {
    message: 'session {session} belongs to another process',
    next: 'Only its own belay run speaks for it.',
  },
  'session.command-not-found': { message: "can't find the program {program}", next: 'Check its name and your PATH.' },
  'config.invalid': { message: '{file}: {problem}', next: 'Correct the key; belay config check shows all problems.' },
  'config.unreadable': { message: "can't read {file}: {cause}", next: 'Make the file readable, or remove it.' },
  'journal.unwritable': {
    message: "can't write the journal {file}: {cause}",
    next: 'Free space or make the folder writable. Until then commands that risk something are refused; read-only ones run.',
  },
  'journal.corrupt': {
    message: 'the journal {file} is damaged: {cause}',
    next: 'Move the file away; belay log --verify says where it breaks.',
  },
  'journal.newer': {
    message: 'the journal {file} was written by a newer Belay',
    next: 'Use that one, or move the file away.',
  },
  'snapshot.unknown': { message: 'there is no snapshot {id}', next: 'See them with: belay snapshots{near}' },
  'snapshot.path-unknown': {
    message: '{path} is not in snapshot {id}{seen}',
    next: 'List its paths with: belay diff {id}',
  },
  'snapshot.no-space': {
    message: 'no room for a snapshot in {store}: {cause}',
    next: 'Free space, or drop old ones with: belay snapshots prune',
  },
  'snapshot.failed': { message: "can't take a snapshot of {root}: {cause}", next: 'See why with: belay daemon logs' },
  'snapshot.store-unusable': {
    message: "can't use the snapshot store {store}: {cause}",
    next: 'It must be a folder of your own that you can read and write. Nothing can be saved until then.',
  },
  'snapshot.store-damaged': {
    message: 'the snapshot store {store} is damaged: {cause}',
    next: 'Nothing was changed. See what still reads with: belay snapshots verify',
  },
  'snapshot.store-newer': {
    message: 'the snapshot store {store} has version {version}, this Belay reads up to {ours}',
    next: 'Use the newer Belay that wrote it.',
  },
  'snapshot.store-busy': {
    message: 'the snapshot store {store} is in use by process {pid}',
    next: 'Only one process may write it: ask the running daemon, or stop it first.',
  },
  'rollback.git-busy': {
    message: 'git is at work in {root}: {lock} exists',
    next: 'Wait for it to end; when no git runs there, remove the lock file.',
  },
  'rollback.no-space': {
    message: 'the disk is full: of the rollback of {root} {done} paths are done, {count} are not',
    next: 'Free space, then finish it with: belay rollback --resume',
  },
  'rollback.unfinished': {
    message: 'an earlier rollback of {root} did not finish',
    next: 'Finish it with: belay rollback --resume',
  },
  'policy.invalid': { message: '{file}: {problem}', next: 'Correct the rule; belay config check shows all problems.' },
  'input.invalid': { message: '{problem}', next: 'See belay {command} --help' },
} as const satisfies Record<string, ErrorText>;

export type ErrorCode = keyof typeof ERRORS;

/** An error of the table: thrown where something must not happen. `fields` fill the message. */
export class BelayError extends Error {
  readonly code: ErrorCode;
  readonly fields: Readonly<Record<string, string>>;
  readonly next: string;

  constructor(code: ErrorCode, fields: Readonly<Record<string, string | number>> = {}, cause?: unknown) {
    const texts: Record<string, string> = { near: '', seen: '' };
    for (const [name, value] of Object.entries(fields)) texts[name] = String(value);
    super(fill(ERRORS[code].message, texts), cause === undefined ? {} : { cause });
    this.name = 'BelayError';
    this.code = code;
    this.fields = texts;
    this.next = fill(ERRORS[code].next, texts);
  }
}

/** Returns whether `text` is a code of the table: for errors that arrive over the socket. */
export function isErrorCode(text: string): text is ErrorCode {
  return Object.hasOwn(ERRORS, text);
}

/** Returns the words of an unknown thrown thing, for a message's `cause`. */
export function causeText(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

function fill(template: string, fields: Readonly<Record<string, string>>): string {
  return template.replace(/\{(\w+)\}/g, (whole, name: string) => fields[name] ?? whole);
}
