/** Schedulers and stores of a data centre by HashiCorp: nomad and consul. Options are Go's: one dash, long names. */
import type { Program } from '../program.ts';
import { type Does, given, production, subcommands, words } from '../subcommands.ts';

const changes: Does = {
  effect: 'cluster.change',
  noun: 'resource',
  facts: {
    verb: (use) => use.verbs.join(' '),
    resource: (use) => use.verbs[0],
    namespace: (use) => use.value('-namespace'),
  },
};
const deletes: Does = {
  effect: 'cluster.delete',
  noun: 'resource',
  facts: { resource: (use) => use.verbs[0], namespace: (use) => use.value('-namespace'), all: given('-all') },
};

const nomad = subcommands({
  names: ['nomad'],
  manual: 'nomad 1.10',
  singleDash: true,
  values: words(
    '-address -region -namespace -token -ca-cert -client-cert -client-key -t -var -var-file -meta -deadline',
  ),
  flow: 'network',
  rows: [
    {
      on: 'job stop | stop',
      does: [
        { ...changes, unless: given('-purge') },
        { ...deletes, when: given('-purge') },
      ],
    },
    {
      on: 'job run,revert,scale,dispatch,promote,restart,periodic | run | deployment fail,promote,resume | node drain,eligibility | alloc restart,stop,signal | volume create,register | namespace apply | quota apply',
      does: changes,
    },
    {
      on: 'system gc | volume delete,deregister | namespace delete | quota delete | node purge | var purge',
      does: deletes,
    },
    {
      on: 'alloc exec | exec',
      stopAtOperand: true,
      does: { effect: 'container.exec', facts: { container: 'allocation' } },
    },
    {
      on: 'acl policy apply,delete | acl token create,delete,update | acl role create,delete',
      does: { effect: 'cloud.permission', facts: { provider: 'nomad', verb: (use) => use.verbs.join(' ') } },
    },
    { on: 'var put', does: { effect: 'secret.store', facts: { verb: 'write' } } },
    {
      on: 'status | job status,plan,inspect,history,validate | node status | alloc status,logs,fs | plan | validate | server members',
      does: [],
    },
  ],
  examples: [
    { command: 'nomad job stop -purge web', effects: ['cluster.delete'] },
    { command: 'nomad job run web.nomad', effects: ['cluster.change'] },
    { command: 'nomad system gc', effects: ['cluster.delete'] },
    { command: 'nomad job status web', effects: [] },
    { command: 'nomad job plan web.nomad', effects: [] },
  ],
});

const consul = subcommands({
  names: ['consul'],
  manual: 'consul 1.21',
  singleDash: true,
  values: words(
    '-http-addr -token -token-file -ca-file -client-cert -client-key -datacenter -namespace -partition -cas',
  ),
  flow: 'network',
  rows: [
    {
      on: 'kv delete',
      does: [
        {
          effect: 'db.drop',
          noun: 'key',
          facts: { statement: 'delete', tool: 'consul', production },
          when: given('-recurse'),
        },
        { effect: 'db.write', noun: 'key', facts: { statement: 'delete' }, unless: given('-recurse') },
      ],
    },
    { on: 'kv put,import', does: { effect: 'db.write', noun: 'key', facts: { statement: (use) => use.verbs[1] } } },
    {
      on: 'snapshot restore',
      does: { effect: 'db.drop', facts: { statement: 'restore', tool: 'consul', production } },
    },
    {
      on: 'services register,deregister | config write,delete | intention create,delete | leave | force-leave | join | maint',
      does: changes,
    },
    {
      on: 'acl policy create,update,delete | acl token create,update,delete | acl role create,update,delete',
      does: { effect: 'cloud.permission', facts: { provider: 'consul', verb: (use) => use.verbs.join(' ') } },
    },
    { on: 'kv get,export | members | catalog | info | monitor | snapshot save,inspect', does: [] },
  ],
  examples: [
    { command: 'consul kv delete -recurse app/', effects: ['db.drop'] },
    { command: 'consul kv delete app/a', effects: ['db.write'] },
    { command: 'consul kv get app/a', effects: [] },
    { command: 'consul members', effects: [] },
  ],
});

export const programs: readonly Program[] = [nomad, consul];
