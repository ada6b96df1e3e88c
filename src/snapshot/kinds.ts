/** What an entry of a tree is, what is known of how well it is kept, and the words for that. Pure data. */

/** Kinds as they are stored; the numbers are part of the store's format. */
export const KIND = { absent: 0, file: 1, folder: 2, link: 3, pipe: 4, socket: 5, device: 6, leftOut: 7 } as const;

/** `linked`: the reference names a hard link in the store; `grouped`: shares its inode with other names; `still`: never looked at while its folder is unchanged. */
export const FLAG = { racy: 1, linked: 2, grouped: 4, still: 8 } as const;

/** Why an entry is not fully kept. The numbers are part of the store's format. */
export const NOTE = {
  none: 0,
  regenerable: 1,
  mountPoint: 2,
  store: 3,
  gitLock: 4,
  otherWorktree: 5,
  unreadable: 6,
  torn: 7,
  socket: 8,
  device: 9,
  linkTier: 10,
  tooLong: 11,
  quarantine: 12,
} as const;

const NOTE_WORDS: ReadonlyMap<number, string> = new Map([
  [NOTE.regenerable, 'left out: it can be made again (its manifest lies beside it)'],
  [NOTE.mountPoint, 'left out: another file system is mounted here'],
  [NOTE.store, "left out: Belay's own store"],
  [NOTE.unreadable, 'unreadable'],
  [NOTE.torn, 'changed while it was read: its bytes may be of two moments'],
  [NOTE.socket, 'a socket'],
  [NOTE.device, 'a device'],
  [NOTE.linkTier, 'kept by hard link: safe from deletion and replacement, not from a change in place'],
  [NOTE.tooLong, 'its path is too long to be read'],
  [NOTE.quarantine, 'moved aside into quarantine'],
]);

/** Returns the words for a note, or null for one that nobody needs to hear of. */
export function noteWords(note: number): string | null {
  return NOTE_WORDS.get(note) ?? null;
}

const S_IFMT = 0o170000;

/** Returns the kind that the file type bits of `mode` say, inode(7). */
export function kindOf(mode: number): number {
  switch (mode & S_IFMT) {
    case 0o100000:
      return KIND.file;
    case 0o040000:
      return KIND.folder;
    case 0o120000:
      return KIND.link;
    case 0o010000:
      return KIND.pipe;
    case 0o140000:
      return KIND.socket;
    default:
      return KIND.device;
  }
}
