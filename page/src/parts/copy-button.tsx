import { useEffect, useState } from 'preact/hooks';
import { useLocale } from '../language/locale.js';
import { copyToClipboard } from './save.js';

/** A button that copies text and says so. */
export function CopyButton({ label, text }: { readonly label: string; readonly text: () => string }) {
  const { say } = useLocale();
  const [outcome, setOutcome] = useState('');
  useEffect(() => {
    if (outcome === '') return undefined;
    const timer = setTimeout(() => setOutcome(''), 2000);
    return () => clearTimeout(timer);
  }, [outcome]);
  const copy = async (): Promise<void> => setOutcome((await copyToClipboard(text())) ? say.copied : say.notCopied);
  return (
    <>
      <button type="button" class="quiet" onClick={() => void copy()}>
        {outcome === '' ? label : outcome}
      </button>
      <span role="status" class="offscreen">
        {outcome}
      </span>
    </>
  );
}
