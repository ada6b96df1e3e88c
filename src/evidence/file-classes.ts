/**
 * What kind of file a path is, by its name and place: the table, and the reading of it. Pure. The first class of the
 * table that matches counts, so that `~/.claude/settings.json` is an agent's settings before it is anything else.
 */
import picomatch from 'picomatch';
import { isSecretPath } from '../effects/secret-paths.ts';
import type { FileClass, Places } from './evidence.ts';
import { asPosix, isInside } from './places.ts';

interface ClassRow {
  readonly fileClass: FileClass;
  /** Globs over the whole path without its leading slash; for `only: 'workspace'`, over the path below that folder. */
  readonly paths: readonly string[];
  readonly not?: readonly string[];
  /** Only for paths that lie in, or outside, the workspace and temporary folders. */
  readonly only?: 'workspace' | 'elsewhere';
}

const TABLE: readonly ClassRow[] = [
  {
    fileClass: 'authorized-keys',
    paths: ['**/authorized_keys', '**/authorized_keys2', '**/.ssh/{rc,environment}', '**/.rhosts', '**/.shosts'],
  },
  {
    fileClass: 'agent-notes',
    paths: [
      '**/.claude/{plans,todos,tasks,scheduled_tasks,debug,shell-snapshots,file-history}{,/**}',
      '**/.claude/projects/**',
      '**/.claude/worktrees/**',
      '**/.gemini/{tmp,antigravity*/brain}/**',
      '**/.codex/{memories,sessions,log,worktrees}/**',
      '**/.qwen/{tmp,projects}/**',
      '**/.copilot/{session-state,logs}/**',
      '**/{scratchpad,scratchpads}/**',
    ],
    not: ['**/.claude/projects/*/*.jsonl'],
  },
  {
    fileClass: 'agent-config',
    paths: [
      '**/.claude/{settings,settings.local,settings.*,keybindings,policy-limits,remote-settings,managed-settings}.json',
      '**/.claude/{hooks,plugins,agents,commands,output-styles}{,/**}',
      '**/.claude.json',
      '**/claude-code/managed-settings*.json',
      '**/.mcp.json',
      '**/mcp.json',
      '**/mcp_config.json',
      '**/.codex/{config.toml,hooks.json,requirements.toml,managed_config.toml}',
      '**/.codex/{rules,prompts,hooks}{,/**}',
      '**/.gemini/settings.json',
      '**/.gemini/{hooks,extensions,policies,commands}/**',
      '**/.qwen/settings.json',
      '**/.copilot/{config,settings,mcp-config,permissions-config}.json',
      '**/.copilot/hooks/**',
      '**/.github/hooks/**',
      '**/.cursor/{hooks.json,cli-config.json,cli.json,mcp.json,permissions.json}',
      '**/.cursor/hooks/**',
      '**/{opencode,.opencode}.{json,jsonc}',
      '**/opencode/{config,opencode}.{json,jsonc}',
      '**/.opencode/{plugin,plugins,command,agent}{,/**}',
      '**/.clinerules/hooks/**',
      '**/goose/{config,permission}.yaml',
      '**/.aider.conf.yml',
      '**/.continue/{config.yaml,config.json,permissions.yaml}',
      '**/.belay.toml',
    ],
  },
  {
    fileClass: 'agent-instructions',
    paths: [
      '**/{CLAUDE,AGENTS,GEMINI,QWEN,AGENT,CONVENTIONS}{,.local,.override}.md',
      '**/.{cursorrules,windsurfrules,clinerules,goosehints}',
      '**/.github/copilot-instructions.md',
      '**/.{cursor,claude,windsurf,clinerules}/rules/**',
    ],
  },
  {
    fileClass: 'system-auth',
    paths: [
      'etc/{passwd,shadow,group,gshadow,sudoers,hosts,hosts.allow,hosts.deny,nsswitch.conf,resolv.conf,login.defs,securetty}{,-}',
      'etc/{sudoers.d,pam.d,security,ssh,ssl,polkit-1,ld.so.conf.d,apparmor.d,selinux}{,/**}',
      'etc/{ld.so.preload,ld.so.conf,fstab,environment}',
      'private/etc/{passwd,master.passwd,sudoers,hosts,pam.d/**,ssh/**}',
    ],
  },
  {
    fileClass: 'shell-startup',
    paths: [
      '**/.{bashrc,bash_profile,bash_login,bash_logout,bash_aliases,profile,login,cshrc,tcshrc,kshrc,shrc,inputrc,xprofile,xinitrc,xsession,xsessionrc,pam_environment}',
      '**/.{zshrc,zshenv,zprofile,zlogin,zlogout}{,.local}',
      '**/.config/fish/**',
      '**/.config/environment.d/**',
      '**/.config/{nushell,powershell}/**',
      'etc/{profile,bash.bashrc,bashrc,zshrc,zshenv,zprofile,csh.cshrc}',
      'etc/{profile.d,zsh,fish}/**',
      '**/{sitecustomize,usercustomize}.py',
      '**/{site-packages,dist-packages}/*.pth',
      // Named by a variable: `$SITE_PACKAGES/x.pth`, `${site_packages}/x.pth`.
      '**/*site?packages*/*.pth',
    ],
  },
  {
    fileClass: 'scheduler',
    paths: [
      'etc/cron*{,/**}',
      'etc/{anacrontab,at.allow,rc.local,inittab}',
      'etc/{init.d,rc*.d,init,xdg/autostart}/**',
      'var/spool/{cron,at,anacron}/**',
      '**/{etc,lib,run,.config,.local/share}/systemd/**',
      '**/Library/{LaunchAgents,LaunchDaemons,StartupItems}{,/**}',
      '**/.config/autostart/**',
      '**/Library/Preferences/**/com.apple.loginwindow*.plist',
    ],
  },
  {
    fileClass: 'git-config',
    paths: [
      '**/.gitconfig',
      '**/.config/git/{config,attributes}',
      'etc/gitconfig',
      '**/.git/{config,config.worktree,info/attributes,modules/*/config}',
      '**/.git/hooks{,/**}',
      '**/.git-templates/**',
    ],
  },
  {
    fileClass: 'log',
    paths: [
      '**/.{bash_history,zsh_history,history,python_history,node_repl_history,psql_history,mysql_history,sqlite_history,lesshst,sh_history,viminfo,rediscli_history}',
      '**/fish/fish_history',
      'var/log/**',
      'private/var/log/**',
      '**/.claude/projects/*/*.jsonl',
    ],
  },
  // By the table of `effects/secret-paths.ts`, which what reads and sends secrets is told by.
  { fileClass: 'secret', paths: [] },
  {
    fileClass: 'ci',
    paths: [
      '**/.github/{workflows,actions}/**',
      '**/.gitlab-ci.{yml,yaml}',
      '**/.gitlab/ci/**',
      '**/{.circleci,.buildkite,.woodpecker,.gitea/workflows,.forgejo/workflows,.tekton}/**',
      '**/{Jenkinsfile,.travis.yml,azure-pipelines.yml,bitbucket-pipelines.yml,.drone.yml,appveyor.yml,cloudbuild.yaml,buildspec.yml}',
    ],
  },
  { fileClass: 'infra-state', paths: ['**/*.tfstate{,.*}', '**/.terraform/terraform.tfstate', '**/.pulumi/stacks/**'] },
  {
    fileClass: 'tool-startup',
    paths: [
      '**/.{npmrc,yarnrc,yarnrc.yml,pnpmfile.cjs,pnp.cjs,envrc,direnvrc,bazelrc,pythonrc,gdbinit,lldbinit,vimrc,exrc,nvimrc,tmux.conf,screenrc,wgetrc,curlrc,mise.toml,tool-versions}',
      '**/.vscode/{tasks,launch,settings,extensions}.json',
      '**/.idea/**',
      '**/.devcontainer/**',
      '**/.devcontainer.json',
      '**/.husky/**',
      '**/{conftest.py}',
      '**/{.pre-commit-config.yaml,lefthook.yml,lefthook-local.yml}',
      '**/.cargo/config{,.toml}',
      '**/.mvn/**',
      '**/gradle-wrapper.properties',
      '**/.{config/nvim,vim,emacs.d}/**',
      '**/.gitmodules',
      '**/{pip.conf,.pip/pip.conf,.pydistutils.cfg}',
    ],
  },
  {
    fileClass: 'package-manifest',
    paths: [
      '**/{package.json,setup.py,setup.cfg,pyproject.toml,Cargo.toml,build.rs,go.mod,Gemfile,Rakefile,composer.json,pom.xml,build.gradle,build.gradle.kts,Makefile,makefile,GNUmakefile,justfile,Justfile,Taskfile.yml,CMakeLists.txt,deno.json,*.gemspec,requirements*.txt}',
    ],
  },
  {
    fileClass: 'regenerable',
    paths: [
      '**/{node_modules,__pycache__,.pytest_cache,.mypy_cache,.ruff_cache,.tox,.nox,.venv,venv,.next,.nuxt,.svelte-kit,.turbo,.parcel-cache,.vite,.astro,.docusaurus,.angular,.expo,.gradle,.eggs,.ipynb_checkpoints,.nyc_output,.terragrunt-cache,.dart_tool,DerivedData,Pods,bower_components,cmake-build-*,CMakeFiles,.build,.zig-cache,zig-out,.output,.vercel/output,.cache-loader,.serverless,.sass-cache,.hypothesis,.cxx,.wrangler/tmp,.libs,autom4te.cache,.deps,elm-stuff,.stack-work,dist-newstyle,.bsp,.metals,.bloop,.lake,.elixir_ls,.rollup.cache,.rpt2_cache,.swc,.nx/cache,.yarn/cache,.jekyll-cache,_minted*,.bundle/cache}{,/**}',
      '**/*.{pyc,pyo,o,obj,lo,la,a,xo,class,beam,tsbuildinfo,gcda,gcno,gcov,egg-info,rlib,rmeta,hi,dyn_hi,dyn_o,cmi,cmo,cmx,cmt,cmti}',
      '**/*.egg-info/**',
      '**/{.DS_Store,Thumbs.db,.eslintcache,.stylelintcache,.coverage,.phpunit.result.cache,npm-debug.log,yarn-error.log}',
    ],
  },
  {
    fileClass: 'regenerable',
    only: 'workspace',
    paths: [
      '**/{dist,build,out,target,coverage,htmlcov,.cache,cache,.temp,.tmp,tmp,temp,_build,storybook-static,test-results,playwright-report,lib-cov,bazel-*,obj,ebin,.vite-port,covdir,coverage-*,nyc-output,lcov-report,lcov-html,cov-int,.browser,_site,.jest-cache,release-build,.terraform,public/build,site-build,generated,__generated__,gen,logs,build-*,dist-*,*-build,*-dist}{,/**}',
      '**/*~',
      '**/*.{log,tmp,temp,bak.tmp,cache,pid,swp,swo,out,prof,heapsnapshot,cpuprofile,coverprofile,lcov}',
    ],
  },
  {
    fileClass: 'database',
    paths: [
      '**/*.{sqlite,sqlite3,db,db3,mdb,rdb,ldb,realm,duckdb}{,-wal,-shm,-journal}',
      '**/{pgdata,postgres-data,mysql-data,mongo-data,redis-data}{,/**}',
      'var/lib/{postgresql,mysql,mongodb,redis}/**',
    ],
  },
];

interface Matcher {
  readonly fileClass: FileClass;
  readonly only: 'workspace' | 'elsewhere' | null;
  readonly matches: (path: string) => boolean;
  readonly excludes: (path: string) => boolean;
}

const OPTIONS = { dot: true, nonegate: true } as const;
const MATCHERS: readonly Matcher[] = TABLE.map((row) => ({
  fileClass: row.fileClass,
  only: row.only ?? null,
  matches: anyOf(row.paths),
  excludes: row.not === undefined ? () => false : anyOf(row.not),
}));

/** Returns the class of an absolute path. A folder is of the class of what it may hold only when the table says so. */
export function fileClassOf(written: string, places: Places): FileClass {
  const path = asPosix(written);
  const below = belowWork(path, places);
  const whole = path.slice(1);
  for (const row of MATCHERS) {
    if (row.only !== null && (row.only === 'workspace') !== (below !== null)) continue;
    if (row.fileClass === 'secret' && isSecretPath(path, places.home)) return 'secret';
    const words = row.only === 'workspace' && below !== null ? below : whole;
    if (row.matches(words) && !row.excludes(words)) return row.fileClass;
  }
  return 'ordinary';
}

/** The path below the workspace or a temporary folder, or null when it lies in neither. */
function belowWork(path: string, places: Places): string | null {
  const folders = [places.workspace, ...places.temp, '/tmp', '/private/tmp'];
  const folder = folders.find((one) => one !== null && path !== one && isInside(path, one));
  return folder === undefined || folder === null ? null : path.slice(folder.length + 1);
}

/** One regular expression for all globs of a row: matching runs for every target of every command. */
function anyOf(globs: readonly string[]): (path: string) => boolean {
  if (globs.length === 0) return () => false;
  const sources = globs.map((glob) => picomatch.makeRe(glob, OPTIONS).source);
  const pattern = new RegExp(sources.map((source) => `(?:${source})`).join('|'), 'i');
  return (path) => pattern.test(path);
}
