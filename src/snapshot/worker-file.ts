/** Where a thread's code lies: beside this file, compiled when this file is. */

/** Returns the address of the worker `name` of this folder. */
export function workerFile(name: string): URL {
  return new URL(`./${name}${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url);
}
