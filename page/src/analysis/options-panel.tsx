import { useState } from 'preact/hooks';
import { classModels, maxFeatures, maxLanguages, textModels, type Choices } from '../api/features.js';
import { languageName, textLanguages } from '../language/language-names.js';
import { useLocale } from '../language/locale.js';
import { modelTitle } from '../language/model-title.js';

interface Props {
  readonly choices: Choices;
  readonly onChoices: (choices: Choices) => void;
}

const kinds = ['text', 'faces', 'classes', 'copies'] as const;

/** What is to be found. */
export function OptionsPanel({ choices, onChoices }: Props) {
  const { say } = useLocale();
  return (
    <div class="options">
      <fieldset class="chips">
        <legend>{say.find}</legend>
        {kinds.map((kind) => (
          <label key={kind} class="chip">
            <input
              type="checkbox"
              checked={choices[kind]}
              onChange={({ currentTarget }) => onChoices({ ...choices, [kind]: currentTarget.checked })}
            />
            <span>{say[kind]}</span>
          </label>
        ))}
      </fieldset>
      {choices.text && <TextOptions choices={choices} onChoices={onChoices} />}
      {choices.classes && <ClassOptions choices={choices} onChoices={onChoices} />}
    </div>
  );
}

function TextOptions({ choices, onChoices }: Props) {
  const { code: locale, say } = useLocale();
  const { languages } = choices;
  const isAny = languages.length === 0 || languages.includes('*');
  const nameOf = (code: string): string => languageName(code, locale);
  const choose = (next: readonly string[]): void =>
    onChoices({ ...choices, languages: next.length === 0 ? ['*'] : next });
  const byName = (codes: readonly string[]): readonly string[] =>
    codes.filter((code) => !languages.includes(code)).toSorted((a, b) => nameOf(a).localeCompare(nameOf(b), locale));
  return (
    <>
      <fieldset class="chips">
        <legend>{say.languages}</legend>
        {!isAny &&
          languages.map((code) => (
            <span key={code} class="tag">
              {nameOf(code)}
              <button
                type="button"
                class="icon"
                aria-label={say.removeLanguage(nameOf(code))}
                onClick={() => choose(languages.filter((other) => other !== code))}
              >
                ×
              </button>
            </span>
          ))}
        {(isAny || languages.length < maxLanguages) && (
          <select
            aria-label={say.addLanguage}
            value=""
            onChange={({ currentTarget }) => {
              const code = currentTarget.value;
              currentTarget.value = '';
              if (code !== '') choose([...(isAny ? [] : languages), code]);
            }}
          >
            <option value="">{isAny ? say.anyLanguage : say.addLanguage}</option>
            {[...byName(textLanguages.builtIn), ...byName(textLanguages.pulled)].map((code) => (
              <option key={code} value={code}>
                {nameOf(code)}
              </option>
            ))}
          </select>
        )}
      </fieldset>
      <label class="field is-inline">
        <span>{say.textModel}</span>
        <select
          value={choices.textModel}
          onChange={({ currentTarget }) => onChoices({ ...choices, textModel: currentTarget.value })}
        >
          {textModels.map((model) => (
            <option key={model} value={model}>
              {say.textModels[model]}
            </option>
          ))}
        </select>
      </label>
    </>
  );
}

function ClassOptions({ choices, onChoices }: Props) {
  const { say } = useLocale();
  const [own, setOwn] = useState('');
  const { models } = choices;
  const names = [...new Set<string>([...classModels, ...models])];
  const toggle = (model: string, isOn: boolean): void =>
    onChoices({ ...choices, models: isOn ? [...models, model] : models.filter((other) => other !== model) });
  return (
    <fieldset class="chips">
      <legend>{say.classModels}</legend>
      {names.map((model) => (
        <label key={model} class="chip">
          <input
            type="checkbox"
            checked={models.includes(model)}
            onChange={({ currentTarget }) => toggle(model, currentTarget.checked)}
          />
          <span>{modelTitle(model, say)}</span>
        </label>
      ))}
      {models.length < maxFeatures && (
        <form
          class="own-model"
          onSubmit={(event) => {
            event.preventDefault();
            if (own.trim() !== '') toggle(own.trim(), true);
            setOwn('');
          }}
        >
          <input
            type="text"
            aria-label={say.ownModel}
            placeholder={say.ownModel}
            maxLength={256}
            value={own}
            onInput={({ currentTarget }) => setOwn(currentTarget.value)}
          />
          <button type="submit" disabled={own.trim() === ''}>
            {say.addModel}
          </button>
        </form>
      )}
    </fieldset>
  );
}
