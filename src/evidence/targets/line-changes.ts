/**
 * What a line itself changes of the settings that evidence is read from: after `kubectl config use-context prod` the file
 * as it stands now says nothing of what follows. Pure.
 */
import { posix } from 'node:path';
import type { Effect, EffectKind, Prediction } from '../../effects/effect.ts';
import { isInside, wholeOf } from '../places.ts';

/** What is told by settings that commands switch. Databases are told by files alone. */
export type Area = 'cluster' | 'cloud' | 'infrastructure' | 'hosting';

/** Commands that choose another place for those that follow, by their words joined. */
const SWITCHES: Readonly<Record<Area, RegExp>> = {
  cluster:
    /^(?:kubectl|oc|k|kubecolor) (?:.* )?config (?:use-context|set|set-\w+|rename-context|delete-\w+|unset)\b|^(?:kubectx|kubens|kubie|kubeswitch)\b|^oc (?:login|project)\b|\bget-credentials\b|\bupdate-kubeconfig\b|\bkubeconfig (?:save|merge|get)\b|^(?:kind|k3d|minikube|colima|vcluster|tsh|microk8s) /,
  cloud:
    /^gcloud (?:.* )?(?:config (?:set|unset|configurations)|auth|init)\b|^az (?:login|logout|account (?:set|clear))\b|^aws (?:configure|sso)\b/,
  infrastructure:
    /^(?:terraform|tofu|tf) (?:-\S+ )*(?:workspace (?:select|new|delete)|init)\b|^pulumi (?:.* )?(?:stack (?:select|init|rm|rename)|login|new|init)\b/,
  hosting:
    /^(?:vercel|vc) (?:link|switch|pull|project)\b|^(?:netlify|ntl) (?:link|unlink|switch|init)\b|^firebase (?:use|init)\b|^supabase (?:link|unlink|init)\b|^railway (?:link|unlink|environment|init)\b|^(?:fly|flyctl) launch\b/,
};

const CHANGES: ReadonlySet<EffectKind> = new Set([
  'fs.create',
  'fs.write',
  'fs.append',
  'fs.edit',
  'fs.delete',
  'fs.move',
  'fs.link',
]);

/** Returns the commands of a line that switch `area`, each as its words joined; an unknown word is `?`. */
export function switchesOf(area: Area, commands: Prediction['commands']): readonly string[] {
  return commands.map(({ argv }) => nameOf(argv)).filter((text) => SWITCHES[area].test(text));
}

/** Returns whether the line changes what stands at a path. */
export function changedBy(effects: readonly Effect[]): (path: string) => boolean {
  const files = new Set<string>();
  const folders: string[] = [];
  for (const { kind, targets, facts } of effects) {
    if (typeof facts['to'] === 'string' && facts['to'].startsWith('/')) files.add(facts['to']);
    if (!CHANGES.has(kind)) continue;
    for (const target of targets) {
      if (target.kind !== 'path') continue;
      files.add(target.path);
      // A folder that is made changes nothing of what lies in it.
      if (kind !== 'fs.create') folders.push(wholeOf(target.path));
    }
  }
  return (path) => files.has(path) || folders.some((folder) => isInside(path, folder));
}

function nameOf(argv: readonly (string | null)[]): string {
  const [program, ...rest] = argv.map((word) => word ?? '?');
  return [posix.basename(program ?? ''), ...rest].join(' ');
}
