import type { Access } from '../api/call.js';
import { featuresOf, type Choices } from '../api/features.js';
import { useLocale } from '../language/locale.js';
import { loadSample } from '../pictures/sample.js';
import { useStore } from '../state/store.js';
import type { Workbench } from '../state/workbench.js';
import { DropZone } from './drop-zone.jsx';
import { FileStrip } from './file-strip.jsx';
import { OptionsPanel } from './options-panel.jsx';
import { Workspace } from './workspace.jsx';

/** Files, what is to be found in them, and what was found. */
export function AnalyzeView({
  workbench,
  choices,
  access,
  onChoices,
}: {
  readonly workbench: Workbench;
  readonly choices: Choices;
  readonly access: Access;
  readonly onChoices: (choices: Choices) => void;
}) {
  useStore(workbench);
  const { say } = useLocale();
  const { items, selected } = workbench;
  const add = (files: readonly File[]): void =>
    workbench.add(files.map((file) => ({ name: file.name, content: file })));
  const trySample = async (): Promise<void> => add([await loadSample()]);
  const options = <OptionsPanel choices={choices} onChoices={onChoices} />;
  if (selected === undefined) {
    return (
      <div class="welcome">
        <h1>{say.heading}</h1>
        <p class="lead">{say.lead}</p>
        <DropZone onFiles={add} onSample={() => void trySample()} />
        {options}
      </div>
    );
  }
  const isBusy = items.some(({ state }) => ['preparing', 'waiting', 'running'].includes(state.kind));
  const hasChoice = featuresOf(choices, 'image').length > 0;
  const { state, prepared } = selected;
  const isOutdated =
    state.kind === 'done' &&
    JSON.stringify(state.features) !== JSON.stringify(featuresOf(choices, prepared?.kind ?? 'image'));
  return (
    <div class="bench">
      <div class="bar card">
        {options}
        <div class="bar-end">
          {!hasChoice && <p class="hint">{say.nothingChosen}</p>}
          <button
            type="button"
            class={isOutdated ? 'primary' : ''}
            disabled={isBusy || !hasChoice}
            onClick={() => workbench.analyze()}
          >
            {items.length > 1 ? say.analyzeAll : say.analyzeAgain}
          </button>
        </div>
      </div>
      <FileStrip workbench={workbench} onFiles={add} />
      <Workspace key={selected.id} item={selected} access={access} onRetry={() => workbench.analyze([selected.id])} />
    </div>
  );
}
