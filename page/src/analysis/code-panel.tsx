import { useState } from 'preact/hooks';
import { apiUrl, type Access } from '../api/call.js';
import type { Feature } from '../api/features.js';
import { useLocale } from '../language/locale.js';
import { CopyButton } from '../parts/copy-button.jsx';
import { saveFile } from '../parts/save.js';
import { snippet, snippetLanguages, type SnippetLanguage } from './snippets.js';

/** The response as it came, and the call that gave it, for use outside the page. */
export function CodePanel({
  fileName,
  features,
  access,
  raw,
}: {
  readonly fileName: string;
  readonly features: readonly Feature[];
  readonly access: Access;
  readonly raw: unknown;
}) {
  const { say } = useLocale();
  const [language, setLanguage] = useState<SnippetLanguage>('curl');
  const [isOpen, setIsOpen] = useState(false);
  const json = (): string => `${JSON.stringify(raw, undefined, 2)}\n`;
  const code = snippet(language, { base: apiUrl('/').href, fileName, features, ...access });
  return (
    <section class="finding code">
      <div class="heading">
        <h2>{say.sameCall}</h2>
        <div class="buttons">
          <CopyButton label={say.copyCode} text={() => code} />
        </div>
      </div>
      <fieldset class="segments">
        <legend class="offscreen">{say.sameCall}</legend>
        {snippetLanguages.map((each) => (
          <label key={each}>
            <input type="radio" name="snippet" checked={each === language} onChange={() => setLanguage(each)} />
            <span>{each}</span>
          </label>
        ))}
      </fieldset>
      <pre tabIndex={0} role="region" aria-label={`${say.sameCall}: ${language}`} translate={false}>
        <code>{code}</code>
      </pre>
      {access.key !== '' && <p class="hint">{say.keyInCode}</p>}
      <div class="buttons">
        <CopyButton label={say.copyJson} text={json} />
        <button
          type="button"
          class="quiet"
          onClick={() => saveFile(`${fileName.replace(/\.\w+$/, '')}.json`, 'application/json', json())}
        >
          {say.saveJson}
        </button>
      </div>
      <details onToggle={({ currentTarget }) => setIsOpen(currentTarget.open)}>
        <summary>{say.showJson}</summary>
        {isOpen && (
          <pre tabIndex={0} role="region" aria-label={say.showJson} translate={false}>
            <code>{json()}</code>
          </pre>
        )}
      </details>
    </section>
  );
}
