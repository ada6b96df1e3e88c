/** Reads the YAML that tools write their configuration in: every scalar as text, `<<` merged. Pure. */
import { FAILSAFE_SCHEMA, loadAll, mergeTag, nullCoreTag } from 'js-yaml';

/** Each scalar is its own text, but an empty one is null: a port is compared as it is written. */
const SCHEMA = FAILSAFE_SCHEMA.withTags(mergeTag, nullCoreTag);
/** Configuration is small; the time to read it grows with it. */
const MAX_CHARS = 131_072;
const MAX_ALIASES = 500;
const MAX_MERGED_KEYS = 2_000;

/** Returns the first document of `text`, or null when it is no YAML, too large, or with a tag that can't be known. */
export function readYaml(text: string): unknown {
  if (text.length > MAX_CHARS) return null;
  try {
    const [first] = loadAll(text, {
      schema: SCHEMA,
      json: true,
      maxAliases: MAX_ALIASES,
      maxTotalMergeKeys: MAX_MERGED_KEYS,
    });
    return first ?? null;
  } catch {
    return null; // what a hostile file makes the reader throw is of any kind
  }
}
