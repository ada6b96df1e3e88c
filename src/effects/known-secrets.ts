/** Live secrets in a text, by the formats that their issuers publish. Pure. What is plainly made up is none. */

interface Format {
  readonly what: string;
  readonly pattern: RegExp;
}

/** Issuers' own prefixes; GitHub: "Behind GitHub's new authentication token formats"; others by their references. */
const FORMATS: readonly Format[] = [
  {
    what: 'a private key',
    pattern: /-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----\s*(?:\\n)?\s*([A-Za-z0-9+/=]{40,})/g,
  },
  { what: 'an AWS access key', pattern: /\b((?:AKIA|ASIA)[A-Z2-7]{16})\b/g },
  { what: 'a GitHub token', pattern: /\b(gh[pousr]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9_]{60,})\b/g },
  { what: 'a GitLab token', pattern: /\b(glpat-[A-Za-z0-9_-]{20,})\b/g },
  { what: 'an Anthropic key', pattern: /\b(sk-ant-[a-z0-9]+-[A-Za-z0-9_-]{32,})/g },
  { what: 'an OpenAI key', pattern: /\b(sk-(?:proj-)?[A-Za-z0-9_-]{40,})/g },
  { what: 'a Stripe key', pattern: /\b((?:sk|rk)_live_[A-Za-z0-9]{20,})\b/g },
  { what: 'a Slack token', pattern: /\b(xox[abpres]-[A-Za-z0-9-]{20,})\b/g },
  { what: 'a Google API key', pattern: /\b(AIza[A-Za-z0-9_-]{35})\b/g },
  { what: 'an npm token', pattern: /\b(npm_[A-Za-z0-9]{36})\b/g },
];

const MADE_UP = /example|sample|dummy|fake|placeholder|redacted|your[-_]|test|1234567|abcdef|xxxx|0000|(.)\1{5}/i;

/** Returns what sorts of live secrets stand in `text`, each once. */
export function knownSecrets(text: string): readonly string[] {
  return FORMATS.filter(({ pattern }) =>
    [...text.matchAll(pattern)].some((match) => !MADE_UP.test(match[1] ?? '')),
  ).map(({ what }) => what);
}
