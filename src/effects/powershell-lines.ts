/**
 * Writes PowerShell's statements as the shell commands that do the same, so that they are judged alike. Pure. Cmdlets that
 * the table lacks stay as they are: a program of that name is then looked for, and none is found.
 */

/** Cmdlets and their aliases, with the command that does the same. about_Aliases, PowerShell 7.5. */
const CMDLETS: readonly (readonly [RegExp, string])[] = [
  [/^(?:Remove-Item|ri|rm|rmdir|del|erase|rd)$/i, 'rm'],
  [/^(?:Move-Item|mi|mv|move|Rename-Item|rni|ren)$/i, 'mv'],
  [/^(?:Copy-Item|cpi|cp|copy)$/i, 'cp'],
  [/^(?:Clear-Content|clc)$/i, 'truncate -s 0'],
  [/^(?:Get-Content|gc|cat|type)$/i, 'cat'],
  [/^(?:Invoke-WebRequest|Invoke-RestMethod|iwr|irm|wget|curl)$/i, 'curl'],
  [/^(?:Stop-Process|spps)$/i, 'pkill'],
  [/^(?:Stop-Computer|Restart-Computer)$/i, 'shutdown now'],
  [/^(?:Format-Volume|Clear-Disk|Initialize-Disk|Remove-Partition)$/i, 'wipefs -a /dev/disk'],
  [/^(?:Stop-Service|Restart-Service|Set-Service|Remove-Service|New-Service|Start-Service)$/i, 'systemctl restart'],
  [/^(?:Register-ScheduledTask|New-ScheduledTask|Register-ScheduledJob|schtasks)$/i, 'crontab jobs'],
  [
    /^(?:Set-ExecutionPolicy|Set-MpPreference|Add-MpPreference|Set-NetFirewallProfile|New-NetFirewallRule)$/i,
    'setenforce 0',
  ],
  [/^(?:New-LocalUser|Add-LocalGroupMember|Remove-LocalUser|Set-LocalUser)$/i, 'useradd user'],
  [/^(?:Clear-EventLog|wevtutil|Clear-History)$/i, 'history -c'],
  [/^(?:Start-Process|saps|Invoke-Command|icm)$/i, ''],
];
const PIPED = new Set(['rm', 'mv', 'truncate -s 0', 'pkill']);
const OPTIONS: readonly (readonly [RegExp, string])[] = [
  [/^-r(?:ecurse)?$/i, '-r'],
  [/^-fo(?:rce)?$/i, '-f'],
  [
    /^-(?:Path|LiteralPath|Uri|Name|FilePath|Destination|ArgumentList|Include|Exclude|Confirm:?.*|ErrorAction|ea|UseBasicParsing)$/i,
    '',
  ],
  [/^-Method$/i, '-X'],
  [/^-Body$/i, '-d'],
  [/^-InFile$/i, '-T'],
  [/^-OutFile$/i, '-o'],
  [/^(?:SilentlyContinue|Stop|Continue)$/, ''],
];
const WORDS = /'[^']*'|"[^"]*"|\([^()]*\)|[^\s]+/g;
const IS_NUMBER = /^\d+$/;

/** Returns `code` as lines of a shell; null when it holds more than plain statements. */
export function asShellLines(code: string): string | null {
  if (code.length > 8_000 || /[{}`]/.test(code)) return null;
  const statements = code.split(/[;\n]/).map((statement) => statement.split('|').map((part) => part.trim()));
  return statements.map((parts) => parts.map((part, at) => command(part, at > 0)).join(' | ')).join('\n');
}

function command(part: string, isPiped: boolean): string {
  const [first = '', ...rest] = part.match(WORDS) ?? [];
  const row = CMDLETS.find(([pattern]) => pattern.test(first));
  if (row === undefined) return part.startsWith('$') || first.includes('(') ? ':' : part;
  const [, program] = row;
  const words = rest.map((word) => OPTIONS.find(([pattern]) => pattern.test(word))?.[1] ?? inner(word));
  const named = program === 'pkill' && words.some((word) => IS_NUMBER.test(word)) ? 'kill' : program;
  return `${isPiped && PIPED.has(program) ? 'xargs ' : ''}${[named, ...words].filter((word) => word !== '').join(' ')}`;
}

/** `(Get-Content .env -Raw)` as a word is what that prints. */
function inner(word: string): string {
  return word.startsWith('(') && word.endsWith(')') ? `"$(${command(word.slice(1, -1), false)})"` : word;
}
