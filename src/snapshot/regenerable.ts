/**
 * Which folders can be made again from what lies beside them, so that a snapshot of a whole tree may leave them out.
 * A table of names and manifests; a folder in which git tracks anything never counts.
 */

/** Folder names, with the names beside one of which the folder is made from. `*.x` stands for any name with that ending. */
const MANIFESTS: Readonly<Record<string, readonly string[]>> = {
  node_modules: ['package.json', 'package-lock.json', 'pnpm-lock.yaml', 'yarn.lock', 'bun.lockb', 'bun.lock'],
  bower_components: ['bower.json'],
  '.venv': ['pyproject.toml', 'requirements.txt', 'setup.py', 'setup.cfg', 'Pipfile', 'uv.lock', 'poetry.lock'],
  venv: ['pyproject.toml', 'requirements.txt', 'setup.py', 'setup.cfg', 'Pipfile', 'uv.lock', 'poetry.lock'],
  __pycache__: ['*.py'],
  '.tox': ['tox.ini', 'pyproject.toml', 'setup.cfg'],
  '.nox': ['noxfile.py'],
  '.mypy_cache': ['pyproject.toml', 'mypy.ini', 'setup.cfg', 'setup.py', 'requirements.txt'],
  '.pytest_cache': ['pyproject.toml', 'pytest.ini', 'setup.cfg', 'setup.py', 'requirements.txt'],
  '.ruff_cache': ['pyproject.toml', 'ruff.toml', '.ruff.toml'],
  target: ['Cargo.toml', 'pom.xml', 'build.sbt'],
  build: ['package.json', 'build.gradle', 'build.gradle.kts', 'CMakeLists.txt', 'setup.py', 'pyproject.toml'],
  dist: ['package.json', 'pyproject.toml', 'setup.py'],
  'dist-newstyle': ['cabal.project', '*.cabal'],
  '.next': ['package.json'],
  '.nuxt': ['package.json'],
  '.svelte-kit': ['package.json'],
  '.parcel-cache': ['package.json'],
  '.turbo': ['package.json'],
  '.angular': ['angular.json'],
  '.gradle': ['build.gradle', 'build.gradle.kts', 'settings.gradle', 'settings.gradle.kts'],
  '.dart_tool': ['pubspec.yaml'],
  '.stack-work': ['stack.yaml'],
  _build: ['mix.exs', 'rebar.config', 'dune-project'],
  deps: ['mix.exs'],
  Pods: ['Podfile'],
  vendor: ['composer.json'],
  obj: ['*.csproj', '*.fsproj'],
  'elm-stuff': ['elm.json'],
  'zig-cache': ['build.zig'],
  '.zig-cache': ['build.zig'],
  'zig-out': ['build.zig'],
};

/** The names that are left out unless others are given. */
export const REGENERABLE: readonly string[] = Object.keys(MANIFESTS);

/**
 * Returns a test of a folder by its name and the names beside it. A name that the table does not have was named by the
 * user, and needs no manifest.
 */
export function regenerableTest(
  names: readonly string[],
): (name: string, beside: (name: string) => boolean) => boolean {
  const known = new Set(names);
  return (name, beside) => {
    if (!known.has(name)) return false;
    const manifests = Object.hasOwn(MANIFESTS, name) ? MANIFESTS[name] : undefined;
    return manifests === undefined || manifests.some((manifest) => beside(manifest));
  };
}
