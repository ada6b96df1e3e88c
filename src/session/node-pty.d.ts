/**
 * What we use of node-pty. The prebuilt package is installed under node-pty's name while its own types name it otherwise
 * and leave out that it takes and gives bytes when `encoding` is null.
 */
declare module 'node-pty' {
  export interface IPty {
    readonly pid: number;
    onData(listener: (bytes: Buffer) => void): void;
    onExit(listener: (end: { readonly exitCode: number; readonly signal?: number }) => void): void;
    write(bytes: Buffer | string): void;
    resize(columns: number, rows: number): void;
    pause(): void;
    resume(): void;
    kill(signal?: string): void;
  }
  export function spawn(
    file: string,
    args: readonly string[],
    options: {
      readonly name: string;
      readonly cols: number;
      readonly rows: number;
      readonly cwd: string;
      readonly env: Record<string, string>;
      readonly encoding: null;
    },
  ): IPty;
}
