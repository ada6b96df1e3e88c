/** Commands of a justfile's recipe and of a Taskfile's task: simple forms only, read by their layout. Pure, bounded in recipes. */

/** More dependencies than this are not followed. */
const MAX_RECIPES = 64;

interface Recipe {
  readonly prerequisites: readonly string[];
  readonly recipe: readonly string[];
}

/** Returns the shell text of a just recipe, its dependencies first, casey/just 1.36. Recipes indented below `name args: deps`. */
export function justRecipes(source: string, targets: readonly string[]): readonly string[] {
  const rules = new Map<string, Recipe>();
  const variables = new Map<string, string>();
  let open: string | null = null;
  let first: string | null = null;
  for (const line of source.split(/\r?\n/)) {
    const assigned = /^([\w-]+)\s*:=\s*(['"])(.*)\2\s*$/.exec(line);
    if (assigned?.[1] !== undefined) variables.set(assigned[1], assigned[3] ?? '');
    else if (/^\s+\S/.test(line) && open !== null) addRecipe(rules, open, line.trim());
    else if (line.trim() !== '' && !/^\s*[#[]/.test(line)) {
      const header = /^@?([A-Za-z_][\w-]*)\b[^:=]*:(?!=)\s*(.*)$/.exec(line);
      open = header?.[1] ?? null;
      if (open === null) continue;
      rules.set(open, {
        prerequisites: (header?.[2] ?? '')
          .replace(/[()&]/g, ' ')
          .split(/\s+/)
          .filter((word) => /^[\w-]+$/.test(word)),
        recipe: [],
      });
      first ??= open;
    }
  }
  const lines: string[] = [];
  const seen = new Set<string>();
  const visit = (target: string) => {
    const rule = rules.get(target);
    if (rule === undefined || seen.has(target) || seen.size >= MAX_RECIPES) return;
    seen.add(target);
    for (const prerequisite of rule.prerequisites) visit(prerequisite);
    if (rule.recipe[0]?.startsWith('#!') === true && !/sh\b/.test(rule.recipe[0] ?? '')) return;
    lines.push(
      ...rule.recipe.map((line) =>
        line.replace(
          /\{\{\s*([\w-]+)\s*\}\}/g,
          (_, key: string) => variables.get(key) ?? `\${${key.replaceAll('-', '_')}}`,
        ),
      ),
    );
  };
  for (const target of targets.length > 0 ? targets : first === null ? [] : [first]) visit(target);
  return lines;
}

/** Returns the commands of a Taskfile's task, taskfile.dev 3, its `deps` and `task:` calls first; by its layout, not as YAML. */
export function taskCommands(source: string, targets: readonly string[]): readonly string[] {
  const rules = new Map<string, Recipe>();
  let open: string | null = null;
  let indent = -1;
  let part = '';
  let inTasks = false;
  for (const line of source.split(/\r?\n/)) {
    if (/^\S/.test(line)) inTasks = /^tasks:\s*$/.test(line);
    const header = /^(\s+)['"]?([\w:.-]+)['"]?:\s*(.*)$/.exec(line);
    if (!inTasks) continue;
    if (header?.[1] !== undefined && (indent < 0 || header[1].length === indent)) {
      indent = header[1].length;
      open = header[2] ?? '';
      part = 'cmds';
      rules.set(open, {
        prerequisites: [],
        recipe: header[3] === undefined || header[3] === '' ? [] : [unquoted(header[3])],
      });
      continue;
    }
    if (open === null) continue;
    const key =
      /^\s+(cmds|cmd|deps|desc|vars|sources|generates|env|dir|silent|preconditions|status|aliases|requires|method|summary):\s*(.*)$/.exec(
        line,
      );
    if (key?.[1] !== undefined) {
      part = key[1];
      if (part === 'cmd' && key[2] !== undefined && key[2] !== '') addRecipe(rules, open, unquoted(key[2]));
      if (part === 'deps')
        for (const word of (key[2] ?? '').match(/[\w:.-]+/g) ?? []) addPrerequisite(rules, open, word);
      continue;
    }
    const item = /^\s+-\s+(?:(cmd|task):\s*)?(.*)$/.exec(line);
    if (item === null) {
      if (part === 'cmds' && /^\s{6,}\S/.test(line)) addRecipe(rules, open, line.trim());
      continue;
    }
    const body = unquoted(item[2] ?? '');
    if (item[1] === 'task' || part === 'deps') addPrerequisite(rules, open, body);
    else if (part === 'cmds') addRecipe(rules, open, body === '|' ? '' : body);
  }
  const lines: string[] = [];
  const seen = new Set<string>();
  const visit = (target: string) => {
    const rule = rules.get(target);
    if (rule === undefined || seen.has(target) || seen.size >= MAX_RECIPES) return;
    seen.add(target);
    for (const prerequisite of rule.prerequisites) visit(prerequisite);
    lines.push(...rule.recipe.map((one) => one.replace(/\{\{\s*\.(\w+)[^}]*\}\}/g, '${$1}')));
  };
  for (const target of targets.length > 0 ? targets : ['default']) visit(target);
  return lines;
}

function addPrerequisite(rules: Map<string, Recipe>, target: string, prerequisite: string): void {
  const rule = emptied(rules, target);
  rules.set(target, { ...rule, prerequisites: [...rule.prerequisites, prerequisite] });
}

function emptied(rules: ReadonlyMap<string, Recipe>, target: string): Recipe {
  return rules.get(target) ?? { prerequisites: [], recipe: [] };
}

function unquoted(value: string): string {
  return value.trim().replace(/^(['"])(.*)\1$/, '$2');
}

function addRecipe(rules: Map<string, Recipe>, target: string, line: string): void {
  const rule = emptied(rules, target);
  rules.set(target, { ...rule, recipe: [...rule.recipe, line.replace(/^[@+-]+\s*/, '')] });
}
