/** The plain form that settings are written in beside YAML, TOML, JSON and `.env`: ini files. Pure. */

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
    const pair = /^([\w.-]+)[ \t]*[=:](.*)$/.exec(line);
    if (pair?.[1] !== undefined) section.set(pair[1], (pair[2] ?? '').trim());
  }
  return sections;
}
