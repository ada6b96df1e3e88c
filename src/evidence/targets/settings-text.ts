/** The two plain forms that settings are written in beside YAML, TOML and JSON: `.env` files and ini files. Pure. */

/** Returns what a `.env` file sets `name` to; null when it does not, or to something that only running tells. */
export function fromDotenv(text: string, name: string): string | null {
  let found: string | null = null;
  for (const line of text.split(/\r?\n/)) {
    const pair = /^\s*(?:export\s+)?([A-Za-z_][\w.]*)\s*=\s*(.*?)\s*$/.exec(line);
    if (pair?.[1] !== name) continue;
    const value = pair[2] ?? '';
    const quoted = /^(["'`])(.*?)\1/.exec(value);
    found = quoted === null ? value.replace(/\s+#.*$/, '') : (quoted[2] ?? '');
  }
  return found === null || found === '' || /\$[{(\w]/.test(found) ? null : found;
}

/** Returns the sections of an ini file, with their keys as written; what stands before the first is under ''. */
export function readIni(text: string): ReadonlyMap<string, ReadonlyMap<string, string>> {
  const sections = new Map<string, Map<string, string>>();
  let section = new Map<string, string>();
  sections.set('', section);
  for (const line of text.split(/\r?\n/)) {
    if (/^\s*[#;]/.test(line)) continue;
    const title = /^\s*\[([^\]]+)\]/.exec(line)?.[1]?.trim();
    if (title !== undefined) {
      section = sections.get(title) ?? new Map<string, string>();
      sections.set(title, section);
      continue;
    }
    // An indented line belongs to the value above it.
    const pair = /^([\w.-]+)\s*[=:]\s*(.*?)\s*$/.exec(line);
    if (pair?.[1] !== undefined) section.set(pair[1], pair[2] ?? '');
  }
  return sections;
}
