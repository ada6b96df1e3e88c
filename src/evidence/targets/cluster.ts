/** Which cluster a call would hit: the context that its options or the kubeconfig files choose, and whether it is local. */
import { namesProduction } from '../../effects/subcommands.ts';
import { known } from '../evidence.ts';
import { type FoundPlace, type Ground, member, pathOf, shown, textAt, variable } from './ground.ts';
import { hostOf, isLoopback } from './hosts.ts';
import { readYaml } from './yaml.ts';

/** Contexts that tools for clusters on one's own machine make: kind, minikube, k3d, Docker, Rancher, OrbStack, Colima. */
const LOCAL_CONTEXT =
  /^(?:kind-.+|k3d-.+|minikube|docker-desktop|docker-for-desktop|rancher-desktop|orbstack|colima(?:-.+)?|microk8s|podman-desktop)$/;
/** Contexts that a server's own installer names, wherever it runs: k3s, kubeadm, minikube's and microk8s' users. */
const OWN_CONTEXT = /^(?:default|local|k3s|kubernetes-admin@.+|.*localhost.*)$/;
/** Networks that reach no further than the machine or the office: RFC 1918, RFC 4193, RFC 3927. */
const PRIVATE_HOST = /^(?:10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|169\.254\.|f[cd][0-9a-f]{2}:)/i;
/** Programs that make clusters on this machine and take them away. */
const OWN_CLUSTERS = /^(?:kind|minikube|k3d|k3s|colima)$/;

interface Context {
  readonly name: string | null;
  readonly server: string | null;
  readonly namespace: string | null;
  readonly from: string;
}

/** Returns the cluster that the effect is on, or null when nothing tells. */
export function readCluster(ground: Ground): FoundPlace | null {
  const { effect, address } = ground;
  if (effect.program === 'argocd') return null;
  if (OWN_CLUSTERS.test(effect.program)) return null;
  const context = contextOf(ground);
  if (context === null) return null;
  const { name, server } = context;
  const namespace = textOf(address.given['namespace']) ?? variable(ground, 'HELM_NAMESPACE') ?? context.namespace;
  const host = server === null ? null : serverHost(server);
  const isProduction = [name, host, namespace].some((one) => one != null && namesProduction(one));
  const where = [
    `cluster ${name ?? host ?? ''}`,
    namespace == null ? '' : `, namespace ${namespace}`,
    context.from === '' ? '' : ` (${context.from})`,
  ].join('');
  return {
    facts: {
      ...(name === null ? {} : { clusterContext: known(name) }),
      ...(host === null ? {} : { clusterServer: known(host) }),
      clusterLocal: known(!isProduction && isLocal(name, host)),
      ...(isProduction ? { production: known(true) } : {}),
      where: known(where),
    },
    lines: host === null || name === null ? [where] : [where, `its server is ${host}`],
    keep: [],
  };
}

/**
 * A context that a local tool names so has a local server; where the server is known and is public, the name is only a name.
 * A server on this machine under a name of somebody's own may be the near end of a tunnel.
 */
function isLocal(name: string | null, host: string | null): boolean {
  if (host !== null && isLoopback(host)) return name === null || LOCAL_CONTEXT.test(name) || OWN_CONTEXT.test(name);
  return name !== null && LOCAL_CONTEXT.test(name) && (host === null || PRIVATE_HOST.test(host) || !host.includes('.'));
}

function contextOf(ground: Ground): Context | null {
  const { effect, address } = ground;
  const { given } = address;
  if (['context', 'kubeconfig', 'server', 'cluster'].some((name) => given[name] === null)) return null;
  if (effect.program === 'microk8s.kubectl' || effect.via.includes('microk8s'))
    return { name: 'microk8s', server: null, namespace: null, from: 'its own' };
  if (effect.via.includes('minikube')) return { name: 'minikube', server: null, namespace: null, from: 'its own' };
  const server = textOf(given['server']);
  if (server !== null) return { name: null, server, namespace: null, from: 'the command' };
  const isHelm = effect.program.startsWith('helm');
  const named = textOf(given['context']) ?? (isHelm ? variable(ground, 'HELM_KUBECONTEXT') : null);
  if (named === undefined || (isHelm && variable(ground, 'HELM_KUBEAPISERVER') != null)) return null;
  const switches = ground.switches('cluster');
  const switched = chosenBy(switches);
  // What else a line does to the settings is not followed: a context that is named is then told by its name.
  const files = switches.length > 0 && switched === null ? [] : filesOf(ground);
  const documents = files.flatMap((file) => {
    const text = ground.disk.text(file);
    return text === null
      ? []
      : [{ file, value: text.trimStart().startsWith('{') ? ground.disk.json(file) : readYaml(text) }];
  });
  const current = documents.find(({ value }) => textAt(value, 'current-context') !== null);
  const name = named ?? switched ?? textAt(current?.value, 'current-context');
  if (name === null) return null;
  const context = entry(documents, 'contexts', name, 'context');
  const cluster = textOf(given['cluster']) ?? textAt(context, 'cluster');
  return {
    name,
    server: cluster === null ? null : textAt(entry(documents, 'clusters', cluster, 'cluster'), 'server'),
    namespace: textAt(context, 'namespace'),
    from: named === null && switched === null ? `current context of ${shown(ground, current?.file ?? '')}` : '',
  };
}

/** The context that the line itself chooses before it goes on, when that is all that it does to the settings. */
function chosenBy(switches: readonly string[]): string | null {
  const [only] = switches.length === 1 ? switches : [];
  return /^(?:kubectl config use-context|kubectx) ([\w.:/@-]+)$/.exec(only ?? '')?.[1] ?? null;
}

/** kubectl reads all files of KUBECONFIG, else the one below home; an option stands for all. */
function filesOf(ground: Ground): readonly string[] {
  const given = textOf(ground.address.given['kubeconfig']);
  if (given !== null) return [pathOf(ground, given)].filter((path) => path !== null);
  const variableText = variable(ground, 'KUBECONFIG');
  if (variableText === undefined) return [];
  if (variableText === null) return [pathOf(ground, '~/.kube/config')].filter((path) => path !== null);
  return variableText.split(':').flatMap((path) => (path === '' ? [] : (pathOf(ground, path) ?? [])));
}

/** The first entry of this name in a list of the files: `contexts: [{ name, context }]`. */
function entry(documents: readonly { readonly value: unknown }[], list: string, name: string, key: string): unknown {
  for (const { value } of documents) {
    const entries: unknown = member(value, list);
    if (!Array.isArray(entries)) continue;
    const found: unknown = entries.find((one: unknown) => textAt(one, 'name') === name);
    if (found !== undefined) return member(found, key);
  }
  return undefined;
}

/** A server that is named without a scheme is spoken to by https. */
function serverHost(server: string): string | null {
  return hostOf(server.includes('://') ? server : `https://${server}`);
}

function textOf(text: string | null | undefined): string | null {
  return text ?? null;
}
