import { useCallback, useEffect, useState } from 'preact/hooks';

export const views = ['analyze', 'corpus', 'server'] as const;
export type View = (typeof views)[number];

/** The address of a view within the page. */
export function addressOf(view: View): string {
  return `#${view}`;
}

function viewAt(hash: string): View {
  return views.find((view) => addressOf(view) === hash) ?? 'analyze';
}

/** The view that the address of the page names, so that links and the buttons of the browser work. */
export function useView(): [View, (view: View) => void] {
  const [view, setView] = useState(() => viewAt(location.hash));
  useEffect(() => {
    const follow = (): void => setView(viewAt(location.hash));
    addEventListener('hashchange', follow);
    return () => removeEventListener('hashchange', follow);
  }, []);
  const go = useCallback((next: View) => {
    if (viewAt(location.hash) !== next) location.hash = addressOf(next);
  }, []);
  return [view, go];
}
