/**
 * By what a folder or file can be made again: its name, and the manifest that stands beside it. The readings (does this
 * exist, is it ignored) come from outside, so that the table can be tried without a disk.
 */
import { posix } from 'node:path';

interface Recipe {
  /** The folder's name. */
  readonly name: RegExp;
  /** Beside it, in this folder or one above within the work tree; any of them. */
  readonly manifests: readonly string[];
  readonly by: string;
  /** Only when git ignores it: the name alone is used for hand-written things too. */
  readonly ignoredOnly?: boolean;
}

const RECIPES: readonly Recipe[] = [
  {
    name: /^node_modules$/,
    manifests: ['package-lock.json', 'pnpm-lock.yaml', 'yarn.lock', 'bun.lock', 'bun.lockb'],
    by: 'installing what the lock file pins',
  },
  { name: /^node_modules$/, manifests: ['package.json'], by: 'npm install' },
  {
    name: /^(?:\.next|\.nuxt|\.svelte-kit|\.turbo|\.parcel-cache|\.vite|\.astro|\.angular|\.output|\.nyc_output|storybook-static)$/,
    manifests: ['package.json'],
    by: "the package's build",
  },
  {
    name: /^(?:dist|build|out|lib|coverage|generated|public|\.cache)$/,
    manifests: ['package.json', 'deno.json'],
    by: "the package's build",
    ignoredOnly: true,
  },
  { name: /^target$/, manifests: ['Cargo.toml'], by: 'cargo build' },
  { name: /^target$/, manifests: ['pom.xml', 'build.sbt', 'project.clj'], by: "the project's build" },
  {
    name: /^(?:build|out|bin|\.gradle)$/,
    manifests: ['build.gradle', 'build.gradle.kts', 'settings.gradle', 'settings.gradle.kts'],
    by: 'gradle build',
  },
  {
    name: /^(?:build|out|_build|cmake-build-.*)$/,
    manifests: ['CMakeLists.txt', 'meson.build', 'configure.ac', 'mix.exs', 'dune-project', 'Makefile'],
    by: "the project's build",
    ignoredOnly: true,
  },
  {
    name: /^(?:bin|obj)$/,
    manifests: ['Directory.Build.props', 'go.mod', 'Makefile'],
    by: "the project's build",
    ignoredOnly: true,
  },
  {
    name: /^(?:\.?venv|env)$/,
    manifests: ['requirements.txt', 'pyproject.toml', 'Pipfile', 'setup.py', 'poetry.lock', 'uv.lock'],
    by: 'making the virtual environment again',
  },
  {
    name: /^(?:build|dist|htmlcov|.*\.egg-info)$/,
    manifests: ['setup.py', 'pyproject.toml', 'setup.cfg'],
    by: "the package's build",
    ignoredOnly: true,
  },
  {
    name: /^(?:\.tox|\.nox|\.pytest_cache|\.mypy_cache|\.ruff_cache|__pycache__|\.hypothesis|\.ipynb_checkpoints)$/,
    manifests: [],
    by: 'running it again',
  },
  {
    name: /^vendor$/,
    manifests: ['composer.lock', 'Gemfile.lock', 'go.sum'],
    by: 'installing what the lock file pins',
    ignoredOnly: true,
  },
  { name: /^Pods$/, manifests: ['Podfile.lock', 'Podfile'], by: 'pod install' },
  { name: /^(?:DerivedData|\.build)$/, manifests: ['Package.swift'], by: "the project's build" },
  { name: /^\.dart_tool$/, manifests: ['pubspec.yaml'], by: 'dart pub get' },
  { name: /^\.terraform$/, manifests: ['.terraform.lock.hcl'], by: 'terraform init' },
  {
    name: /^(?:_site|public|site)$/,
    manifests: ['_config.yml', 'hugo.toml', 'mkdocs.yml'],
    by: 'building the site',
    ignoredOnly: true,
  },
];

const LEVELS = 3;

/**
 * Returns by what the things at `path` can be made again, or null. `exists` tells whether a path is there; `ignored` whether git ignores all of it.
 */
export function regenerableBy(path: string, exists: (path: string) => boolean, ignored: boolean): string | null {
  const parts = path.split('/');
  for (let depth = parts.length; depth > 1; depth -= 1) {
    const name = parts[depth - 1] ?? '';
    const folder = parts.slice(0, depth - 1).join('/') || '/';
    for (const recipe of RECIPES) {
      if (!recipe.name.test(name) || (recipe.ignoredOnly === true && !ignored)) continue;
      if (recipe.manifests.length === 0 || stands(recipe.manifests, folder, exists)) return recipe.by;
    }
  }
  return null;
}

function stands(manifests: readonly string[], folder: string, exists: (path: string) => boolean): boolean {
  let at = folder;
  for (let level = 0; level < LEVELS; level += 1) {
    if (manifests.some((name) => exists(posix.join(at, name)))) return true;
    if (at === posix.dirname(at)) return false;
    at = posix.dirname(at);
  }
  return false;
}
