/** Columns and labelled lines. Pure. Cells are escaped here, so that no caller can forget it. */
import { escapeText } from './escape.ts';

/** A cell: its text, and how it is painted once it has its width. */
export interface Cell {
  readonly text: string;
  readonly paint?: (text: string) => string;
  /** Numbers stand right. */
  readonly right?: boolean;
}

/** Returns the rows as lines with aligned columns, two blanks between them and none at the end. */
export function formatTable(rows: readonly (readonly (string | Cell)[])[]): string {
  const cells = rows.map((row) => row.map(cellOf));
  const widths = cells.reduce<number[]>((widest, row) => {
    row.forEach((cell, column) => {
      widest[column] = Math.max(widest[column] ?? 0, widthOf(cell.text));
    });
    return widest;
  }, []);
  return cells.map((row) => formatRow(row, widths)).join('\n');
}

/** Returns `label  text` lines, the labels padded to one width; a label's further lines stand below its first. */
export function formatFields(
  fields: readonly (readonly [label: string, lines: string | readonly string[]])[],
  paintLabel: (label: string) => string,
): string {
  const width = Math.max(...fields.map(([label]) => label.length));
  return fields
    .flatMap(([label, lines]) =>
      [lines].flat().map((line, index) => {
        const head = (index === 0 ? label : '').padEnd(width);
        return `  ${index === 0 ? paintLabel(head) : head}  ${escapeText(line)}`;
      }),
    )
    .join('\n');
}

function formatRow(row: readonly Cell[], widths: readonly number[]): string {
  return row
    .map((cell, column) => {
      const blanks = ' '.repeat((widths[column] ?? 0) - widthOf(cell.text));
      const painted = cell.paint === undefined ? cell.text : cell.paint(cell.text);
      if (cell.right === true) return blanks + painted;
      return column === row.length - 1 ? painted : painted + blanks;
    })
    .join('  ');
}

function cellOf(cell: string | Cell): Cell {
  return typeof cell === 'string' ? { text: escapeText(cell) } : { ...cell, text: escapeText(cell.text) };
}

function widthOf(text: string): number {
  return [...text].length;
}
