/** Small helpers over Lezer's trees. Pure. */
import type { SyntaxNode, Tree } from '@lezer/common';

/** Returns the children of `node`, without comments. */
export function kids(node: SyntaxNode): readonly SyntaxNode[] {
  const found: SyntaxNode[] = [];
  for (let at = node.firstChild; at !== null; at = at.nextSibling) if (!at.name.endsWith('Comment')) found.push(at);
  return found;
}

/** Returns the children of `node` that are called `name`. */
export function kidsOf(node: SyntaxNode, name: string): readonly SyntaxNode[] {
  return node.getChildren(name);
}

/** Returns whether the parser understood all of the text. */
export function isClean(tree: Tree): boolean {
  let clean = true;
  tree.iterate({
    enter: (node) => {
      if (node.type.isError) clean = false;
      return clean;
    },
  });
  return clean;
}

/** Returns the text that `node` spans. */
export function sourceOf(node: SyntaxNode, text: string): string {
  return text.slice(node.from, node.to);
}
