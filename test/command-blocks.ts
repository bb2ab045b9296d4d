/** A fenced block of shell commands on a page of the documentation. */
export interface CommandBlock {
  /** Of the fence that opens it, from 1 on. */
  readonly line: number;
  readonly commands: string;
  /** Why it cannot be run by a test, if it cannot: `<!-- not run: REASON -->` on the line above. */
  readonly notRun: string | undefined;
  /** What standard output has to contain: `<!-- prints: THIS, THAT -->` on the line above. */
  readonly prints: readonly string[];
}

interface Page {
  readonly blocks: readonly CommandBlock[];
  /** Marks that say nothing or belong to no block, as sentences. */
  readonly problems: readonly string[];
}

const fence = /^\s*(`{3,}|~{3,})(\S*)/;
const shells = new Set(['sh', 'bash', 'shell', 'console']);
const mark = /^\s*<!--\s*(not run|prints)\b:?\s*(.*?)\s*-->\s*$/;

/** Finds the blocks of shell commands in a page, and the marks above them. */
export function readCommandBlocks(markdown: string): Page {
  const blocks: CommandBlock[] = [];
  const problems: string[] = [];
  const lines = markdown.split('\n');
  let above: { readonly kind: string; readonly text: string } | undefined;
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? '';
    const [, ticks, language = ''] = fence.exec(line) ?? [];
    const isCommands = ticks !== undefined && shells.has(language);
    if (above !== undefined && !isCommands) {
      problems.push(`Line ${at}: "${above.kind}" stands above no block of commands.`);
    }
    if (ticks !== undefined) {
      const opened = at++;
      while (at < lines.length && lines[at]?.trim() !== ticks) at++;
      if (isCommands) blocks.push(block(opened + 1, lines.slice(opened + 1, at).join('\n'), above));
    }
    const [, kind, text = ''] = ticks === undefined ? (mark.exec(line) ?? []) : [];
    above = kind === undefined ? undefined : { kind, text };
    if (above?.text === '') problems.push(`Line ${at + 1}: "${above.kind}" says nothing.`);
  }
  if (above !== undefined) problems.push(`Line ${lines.length}: "${above.kind}" stands above no block of commands.`);
  return { blocks, problems };
}

function block(
  line: number,
  commands: string,
  above: { readonly kind: string; readonly text: string } | undefined,
): CommandBlock {
  return {
    line,
    commands,
    notRun: above?.kind === 'not run' ? above.text : undefined,
    prints: above?.kind === 'prints' ? above.text.split(/,\s*/) : [],
  };
}
