/** The Azure command line. */
import { classOf, cloudReading, verbAt } from '../cloud-verbs.ts';
import type { Program } from '../program.ts';
import { type Does, flowOf, known, subcommands, valueOf, words } from '../subcommands.ts';

const name = valueOf('-n', '--name');
const deploys: Does = { effect: 'deploy', facts: { to: 'azure' } };

const az = subcommands({
  names: ['az'],
  manual: 'az(1) 2.78',
  values: words(`
    -g --resource-group -n --name -o --output --query --subscription -s --ids -l --location --vault-name --account-name
    --container-name --file -f --role --assignee --scope --template-file --parameters --id --account-key --connection-string
  `),
  dryRun: ['--dryrun', '--what-if'],
  flow: 'network',
  rows: [
    {
      on: 'keyvault secret show,download | account get-access-token | storage account keys list | storage account show-connection-string | acr credential show | ad sp create-for-rbac | functionapp keys list | cosmosdb keys list | redis list-keys',
      flow: 'secret',
      does: { effect: 'secret.print', facts: { what: (use) => use.verbs.join(' ') } },
    },
    {
      on: 'keyvault secret set,recover,restore | keyvault key create,import',
      does: { effect: 'secret.store', facts: { verb: 'write' } },
    },
    {
      on: 'keyvault secret delete,purge | keyvault delete,purge | keyvault key delete,purge',
      does: { effect: 'secret.store', facts: { verb: 'delete' } },
    },
    {
      on: 'login | logout | account set,list,show | configure | config set,get | acr login | aks get-credentials | extension add | bicep build',
      does: [],
    },
    {
      on: 'webapp deploy,up | webapp deployment source config-zip | webapp deployment slot swap | functionapp deploy | functionapp deployment source config-zip | containerapp up,update | staticwebapp deploy',
      does: deploys,
    },
    {
      on: 'deployment group create | deployment sub create | stack group create',
      does: { effect: 'infra.apply', facts: { tool: 'azure resource manager' } },
    },
    {
      on: 'group delete',
      does: { effect: 'cloud.delete', facts: { provider: 'azure', service: 'group', verb: 'delete', recursive: true } },
    },
    { on: 'vm run-command invoke | ssh vm', does: { effect: 'remote.run', facts: { host: name } } },
    {
      on: 'sql db delete | cosmosdb delete | postgres flexible-server delete | mysql flexible-server delete | postgres flexible-server db delete',
      does: [
        { effect: 'db.drop', facts: { tool: 'az' } },
        { effect: 'cloud.delete', facts: { provider: 'azure', service: (use) => use.verbs[0], verb: 'delete' } },
      ],
    },
  ],
  otherwise: (use) => {
    const at = verbAt(use);
    const verb = known(use.operands[at]);
    if (verb === undefined) return { effects: [] };
    const path = use.operands.slice(0, at).map((arg) => known(arg) ?? '');
    if (classOf(verb) !== 'read') {
      const output = flowOf('network', ['azure']);
      if (path[0] === 'role' || path[0] === 'ad')
        return {
          effects: [use.call.effect('cloud.permission', [], { provider: 'azure', verb: [...path, verb].join(' ') })],
          output,
        };
      if (path.includes('dns')) return { effects: [use.call.effect('cloud.dns', [], { provider: 'azure' })], output };
    }
    return cloudReading(use, 'azure', path.join(' '), verb, use.operands.slice(at + 1));
  },
  examples: [
    { command: 'az vm list -o table', effects: [] },
    { command: 'az account show', effects: [] },
    { command: 'az group delete -n rg --yes', effects: ['cloud.delete'] },
    { command: 'az vm delete -g rg -n web', effects: ['cloud.delete'] },
    { command: 'az role assignment create --assignee a --role Owner', effects: ['cloud.permission'] },
    { command: 'az keyvault secret show --vault-name v -n s', effects: ['secret.print'] },
    { command: 'az webapp deploy -g rg -n web', effects: ['deploy'] },
  ],
});

export const programs: readonly Program[] = [az];
