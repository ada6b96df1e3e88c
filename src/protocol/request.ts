/** What an agent wants judged, however it arrived. Types only; `decode.ts` makes one from a frame. */

declare const brand: unique symbol;
/** A request's id: `r-` and 8 characters of lower-case base 32, unique in a journal. */
export type RequestId = string & { readonly [brand]: 'RequestId' };

/** Which layer met the action. */
export type Seam = 'shell-shim' | 'tool-shim' | 'git-hook' | 'agent-hook' | 'watcher' | 'check';

/** Who asks, by the kernel's word where there is one. */
export interface Principal {
  readonly uid: number | null;
  readonly pid: number | null;
  /** Start time of the pid in clock ticks since boot, so that a reused pid is told apart. */
  readonly startTime: string | null;
  readonly session: string | null;
  readonly agent: string | null;
}

/** What is to be judged. */
export type Action =
  /** A whole shell command line, before anything of it runs. */
  | { readonly kind: 'command'; readonly text: string; readonly dialect: 'bash' | 'sh' | 'zsh' }
  /** A program about to be executed, with its expanded arguments. `argv[0]` is the name it was called by. */
  | { readonly kind: 'exec'; readonly argv: readonly string[]; readonly path: string | null }
  /** A file tool of an agent. `content` is what would stand in the file, or what would be put in, if known. */
  | {
      readonly kind: 'tool';
      readonly tool: 'write' | 'edit' | 'delete';
      readonly path: string;
      readonly content: string | null;
    }
  /** A git hook with its arguments and stdin. */
  | { readonly kind: 'hook'; readonly hook: string; readonly args: readonly string[]; readonly stdin: string };

export interface Request {
  readonly id: RequestId;
  readonly seam: Seam;
  readonly principal: Principal;
  readonly action: Action;
  readonly cwd: string | null;
  readonly workspace: string | null;
  readonly home: string | null;
  /** The caller's environment; null when it did not come along. */
  readonly env: Readonly<Record<string, string>> | null;
  /** True when the client could not send all of it: the rest is unknown. */
  readonly truncated: boolean;
  /** True when some of its bytes are not UTF-8, so that the text judged is not exactly what would run. */
  readonly lossy: boolean;
  /** Epoch milliseconds. */
  readonly at: number;
}
