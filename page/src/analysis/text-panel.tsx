import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Line, TextPage } from '../api/analysis.js';
import { useLocale } from '../language/locale.js';
import { CopyButton } from '../parts/copy-button.jsx';
import { saveFile } from '../parts/save.js';
import { gradeOf, lineText, pageText } from './shapes.js';

/** The text of the page that is shown, line by line as it was read. */
export function TextPanel({
  pages,
  name,
  page,
  onPoint,
}: {
  readonly pages: readonly TextPage[];
  readonly name: string;
  readonly page: number;
  readonly onPoint: (target: EventTarget | null) => void;
}) {
  const { say } = useLocale();
  const text = (): string => `${pages.map(pageText).join('\n\n\n')}\n`;
  const shown = pages[page];
  const isEmpty = pages.every(({ blocks }) => blocks.length === 0);
  return (
    <>
      <div class="heading">
        <h2>{say.text}</h2>
        {!isEmpty && (
          <div class="buttons">
            <CopyButton label={say.copyText} text={text} />
            <button
              type="button"
              class="quiet"
              onClick={() => saveFile(`${name.replace(/\.\w+$/, '')}.txt`, 'text/plain', text())}
            >
              {say.saveText}
            </button>
          </div>
        )}
      </div>
      {isEmpty && <p class="hint">{say.noText}</p>}
      {shown !== undefined && shown.blocks.length > 0 && (
        <LineList key={page} page={page} text={shown} onPoint={onPoint} />
      )}
      {shown !== undefined && shown.entities.length > 0 && (
        <>
          <h3>{say.entities}</h3>
          <dl class="entities">
            {shown.entities.map(({ name: kind, text: value }, index) => (
              <div key={index}>
                <dt>{kind}</dt>
                <dd>{value}</dd>
              </div>
            ))}
          </dl>
        </>
      )}
    </>
  );
}

/** Lines to be walked through with the arrow keys; the picture shows where each is. */
function LineList({
  page,
  text: { blocks },
  onPoint,
}: {
  readonly page: number;
  readonly text: TextPage;
  readonly onPoint: (target: EventTarget | null) => void;
}) {
  const { say } = useLocale();
  const list = useRef<HTMLDivElement>(null);
  const [active, setActive] = useState<number | undefined>(undefined);
  const count = blocks.reduce((sum, { lines }) => sum + lines.length, 0);
  const idOf = (index: number): string => `line-${page}-${index}`;
  useLayoutEffect(() => {
    const element = active === undefined ? null : document.querySelector(`#${idOf(active)}`);
    onPoint(element);
    element?.scrollIntoView({ block: 'nearest' });
  }, [active]);
  const move = (event: KeyboardEvent): void => {
    const now = active ?? -1;
    const next = { ArrowDown: now + 1, ArrowUp: now - 1, Home: 0, End: count - 1 }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    setActive(Math.min(count - 1, Math.max(0, next)));
  };
  let index = -1;
  return (
    <div
      class="text"
      role="listbox"
      tabIndex={0}
      ref={list}
      aria-label={say.textLines}
      {...(active !== undefined && { 'aria-activedescendant': idOf(active) })}
      onKeyDown={move}
      onBlur={() => setActive(undefined)}
    >
      {blocks.map(({ lines }, block) => (
        <div key={block} role="group" class="block">
          {lines.map((line, number) => {
            index += 1;
            const position = index;
            return (
              <div
                key={number}
                role="option"
                id={idOf(position)}
                aria-selected={position === active}
                class="line"
                data-key={`${page}.${block}.${number}`}
                data-label={lineText(line)}
                data-confidence={line.confidence}
              >
                <Words line={line} prefix={`${page}.${block}.${number}`} />
                <LineConfidence line={line} />
              </div>
            );
          })}
        </div>
      ))}
    </div>
  );
}

function Words({ line: { words }, prefix }: { readonly line: Line; readonly prefix: string }) {
  return (
    <span class="line-text">
      {words.map(({ text, confidence, language }, index) => (
        <span key={index}>
          {index > 0 && ' '}
          <span
            class={`word is-${gradeOf(confidence)}`}
            data-key={`${prefix}.${index}`}
            data-label={text}
            data-confidence={confidence}
            {...(language !== '' && { lang: language })}
          >
            {text}
          </span>
        </span>
      ))}
    </span>
  );
}

function LineConfidence({ line: { confidence } }: { readonly line: Line }) {
  const { format } = useLocale();
  return <span class={`number is-${gradeOf(confidence)}`}>{format.percent(confidence)}</span>;
}
