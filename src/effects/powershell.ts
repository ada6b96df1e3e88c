/**
 * Tells PowerShell that only looks or calls a script by name from text that bash can't parse. Pure. All of it must be of the
 * listed forms: anything else stays what bash makes of it.
 */
import { isSecretPath } from './secret-paths.ts';

/** Verbs by which cmdlets only read or shape, about_Verbs of PowerShell 7.5; aliases are left out, for bash has some too. */
const LOOKS =
  /^(?:(?:Get|Select|Format|Where|Sort|Measure|Test|Compare|Group|Join|Split|Resolve|ConvertTo|ConvertFrom)-[A-Z][A-Za-z]+|Out-(?:String|Host|Null)|Write-(?:Host|Output))$/;
/** Of these verbs what reaches further: other machines' answers, secrets, the clipboard. */
const REACHES = /^(?:Get-(?:Credential|Secret\w*|Clipboard|Content)|Test-(?:Connection|NetConnection|WSMan))$/;
const SCRIPT = /^\.[\\/][\w.\\/-]+\.ps1$/;
/** `$version = 'v1'.TrimStart("v")`: text with changes of text. */
const ASSIGNS = /^\$[A-Za-z]\w*\s*=\s*Q(?:\.(?:Trim\w*|Replace|ToLower|ToUpper|Substring)\([Q\d, ]*\))*$/;
const PLAIN_WORD = /^(?:Q|-[A-Za-z]\w*|\$[A-Za-z]\w*|\$\{\{[^{}]*\}\}|[\w.\\/*:,%-]+)$/;

/** Returns whether `text` is PowerShell that reads, prints, or calls scripts of the project, and does nothing else. */
export function isPlainPowerShell(text: string, home: string | null): boolean {
  if (text.length > 4_000 || /[^\t\r\n\x20-\x7e]/.test(text)) return false;
  const quoted = text.replace(/'[^'\n]*'|"[^"`\n]*"/g, (whole) =>
    whole.startsWith('"') && whole.includes('$(') ? '(' : 'Q',
  );
  if (/[`'"&<>]|\$\(/.test(quoted)) return false;
  if ((text.match(/[^\s'"=,]+/g) ?? []).some((word) => isSecretPath(`/${word.replaceAll('\\', '/')}`, home)))
    return false;
  const statements = quoted.split(/[\n;|]/).map((one) => one.trim());
  const said = statements.filter((one) => one !== '' && !one.startsWith('#'));
  const isCmdlet = (one: string) => /^(?:[A-Z][a-z]+-[A-Z]|\$\w+\s*=|\.[\\/])/.test(one);
  return said.length > 0 && said.every((one) => isCmdlet(one) && (ASSIGNS.test(one) || isLook(one)));
}

function isLook(statement: string): boolean {
  const [name = '', ...words] = statement.replace(/\$\{\{[^{}]*\}\}/g, 'Q').split(/\s+/);
  return (
    ((LOOKS.test(name) && !REACHES.test(name)) || SCRIPT.test(name)) && words.every((word) => PLAIN_WORD.test(word))
  );
}
