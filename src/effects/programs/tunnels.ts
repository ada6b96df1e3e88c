/** Tunnels that open this machine to the internet, and small servers that may listen on every interface. */
import type { Program } from '../program.ts';
import { known, subcommands, type Tool, type Use, words } from '../subcommands.ts';

const opens: Tool['always'] = [{ effect: 'net.listen', facts: { public: true, tunnel: true } }];
const tunnel = (names: readonly string[], manual: string, rest: Partial<Tool> & Pick<Tool, 'examples'>): Program =>
  subcommands({ names, manual, rows: [], ...rest });

const ALL_INTERFACES = /^(?:tcp:\/\/)?(?:0\.0\.0\.0|\[?::\]?|\*)(?::|$)/;

/** Returns whether the address that a server is told to listen on is every interface. */
export function listensPublicly(use: Use, options: readonly string[]): boolean {
  return use.args(...options).some((arg) => ALL_INTERFACES.test(known(arg) ?? ''));
}

const server = (
  names: readonly string[],
  manual: string,
  options: readonly string[],
  isPublicByDefault: boolean,
  examples: Tool['examples'],
  flags: readonly string[] = [],
): Program =>
  subcommands({
    names,
    manual,
    values: [...options, '-p', '--port'],
    rows: [],
    otherwise: (use) => {
      if (use.has('--version', '-v')) return { effects: [] };
      const named = use.args(...options).length > 0;
      const isPublic = named ? listensPublicly(use, options) : isPublicByDefault || use.has(...flags);
      return { effects: [use.call.effect('net.listen', [], isPublic ? { public: true } : {})] };
    },
    examples,
  });

export const programs: readonly Program[] = [
  tunnel(['ngrok'], 'ngrok 3', {
    rows: [
      { on: 'http | tcp | tls | start | tunnel', does: opens },
      { on: 'config | version | diagnose | update | help', does: [] },
    ],
    examples: [
      { command: 'ngrok version', effects: [] },
      { command: 'ngrok http 3000', effects: ['net.listen'] },
    ],
  }),
  tunnel(['cloudflared'], 'cloudflared 2025.10', {
    values: words('--url --config --credentials-file --hostname'),
    rows: [
      { on: 'tunnel list,info,create,cleanup,login,token | version | update | login', does: [] },
      {
        on: 'tunnel delete',
        does: {
          effect: 'cloud.delete',
          noun: 'tunnel',
          facts: { provider: 'cloudflare', service: 'tunnel', verb: 'delete' },
        },
      },
      { on: 'tunnel route', does: { effect: 'cloud.dns', facts: { provider: 'cloudflare' } } },
      { on: 'tunnel | tunnel run | access tcp', does: opens },
      { on: 'service install', does: { effect: 'service.change', facts: { verb: 'install', unit: 'cloudflared' } } },
    ],
    examples: [
      { command: 'cloudflared tunnel list', effects: [] },
      { command: 'cloudflared tunnel --url http://localhost:3000', effects: ['net.listen'] },
    ],
  }),
  tunnel(
    [
      'lt',
      'localtunnel',
      'bore',
      'frpc',
      'pinggy',
      'zrok',
      'localxpose',
      'loclx',
      'tunnelto',
      'expose',
      'serveo',
      'devtunnel',
      'chisel',
      'inlets',
      'rathole',
      'untun',
      'pagekite',
    ],
    'localtunnel 2, bore 0.6, frp 0.65',
    {
      always: opens,
      examples: [
        { command: 'lt --port 3000', effects: ['net.listen'] },
        { command: 'bore local 3000 --to bore.pub', effects: ['net.listen'] },
      ],
    },
  ),
  server(
    ['serve', 'http-server', 'live-server', 'static-server', 'servor'],
    'serve 14, http-server 14',
    words('-l --listen -a --host'),
    false,
    [
      { command: 'serve -l 3000 dist', effects: ['net.listen'] },
      { command: 'http-server -a 0.0.0.0', effects: ['net.listen'] },
    ],
  ),
  server(
    [
      'uvicorn',
      'gunicorn',
      'hypercorn',
      'waitress-serve',
      'daphne',
      'streamlit',
      'gradio',
      'jupyter',
      'jupyter-lab',
      'jupyter-notebook',
      'puma',
      'thin',
      'webrick',
    ],
    'uvicorn 0.38, gunicorn 23, jupyter 5',
    words('-b --bind --host --ip --listen --server.address --dev-addr'),
    false,
    [
      { command: 'uvicorn app:app --reload', effects: ['net.listen'] },
      { command: 'gunicorn -b 0.0.0.0:80 app', effects: ['net.listen'] },
      { command: 'uvicorn --version', effects: [] },
    ],
  ),
];
