/** The docstring of a cell, in its parts. */

/** A paragraph of prose, or an equation. */
type Block = { readonly prose: string } | { readonly equation: string };

/** What the docstring of a factory says. */
export interface Docstring {
  /** All before `Shapes:` and `Init:`, in order; the first says what it is. */
  readonly blocks: readonly Block[];
  /** Each `@see`. */
  readonly papers: readonly string[];
}

/**
 * The docstring right before the exported function of a name; undefined if the source exports none.
 * @throws if there is no docstring, or it lacks a first sentence, an equation or a paper.
 */
export function docstringOf(source: string, name: string): Docstring | undefined {
  const at = source.search(new RegExp(`^export (?:function|const) ${name}\\b`, 'm'));
  if (at < 0) return undefined;
  const comment = /\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*$/.exec(source.slice(0, at))?.[1] ?? '';
  const [body = '', ...tags] = comment.replaceAll(/^[ \t]*\* ?/gm, '').split(/^@/m);
  const [described = ''] = body.split(/^(?:Shapes|Init):/m);
  const blocks = blocksOf(described);
  const papers = tags.filter((tag) => tag.startsWith('see ')).map((tag) => oneLine(tag.slice(4)));
  const [first] = blocks;
  if (first && 'prose' in first && blocks.some((block) => 'equation' in block) && papers.length > 0) {
    return { blocks, papers };
  }
  throw new Error(`${name}: docstring: expected a sentence, an equation (indented) and @see, got less.`);
}

const oneLine = (text: string): string => text.replaceAll(/\s+/g, ' ').trim();

/** Paragraphs; those that are indented are equations, of which several in a row are one. */
function blocksOf(text: string): Block[] {
  const blocks: Block[] = [];
  for (const paragraph of text.split(/\n(?:[ \t]*\n)+/)) {
    const last = blocks.at(-1);
    const lines = paragraph.replace(/^\n/, '').trimEnd();
    if (lines === '') continue;
    if (!lines.startsWith('  ')) blocks.push({ prose: oneLine(lines) });
    else {
      const equation = lines.replaceAll(/^ {2}/gm, '');
      if (last && 'equation' in last) blocks[blocks.length - 1] = { equation: `${last.equation}\n\n${equation}` };
      else blocks.push({ equation });
    }
  }
  return blocks;
}
