import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { AnalyzeView } from './analysis/analyze-view.jsx';
import { useIncomingFiles } from './analysis/use-incoming-files.js';
import type { Access } from './api/call.js';
import { firstChoices } from './api/features.js';
import { CorpusView } from './corpus/corpus-view.jsx';
import { Header } from './header.jsx';
import { LocaleContext, locales, type LocaleCode } from './language/locale.js';
import { ServerView } from './server/server-view.jsx';
import { loadAccess, loadLanguage, saveAccess, saveLanguage } from './state/session.js';
import { useView } from './state/view.js';
import { Workbench, type Settings } from './state/workbench.js';

/** The page. What is on the workbench stays there while other views are open. */
export function App() {
  const [language, setLanguage] = useState<LocaleCode>(loadLanguage);
  const [access, setAccess] = useState<Access>(loadAccess);
  const [choices, setChoices] = useState(firstChoices);
  const [view, setView] = useView();
  const locale = locales[language];
  const { say } = locale;

  // What a call needs is read when its turn comes.
  const settings = useRef<Settings>({ access, choices });
  settings.current = { access, choices };
  const [workbench] = useState(() => new Workbench(() => settings.current));

  useEffect(() => {
    document.documentElement.lang = language;
    document.title = view === 'analyze' ? 'visiond' : `${say.views[view]} · visiond`;
  }, [language, view, say]);

  const receive = useCallback(
    (files: readonly File[]) => {
      setView('analyze');
      workbench.add(files.map((file) => ({ name: file.name, content: file })));
    },
    [workbench, setView],
  );
  const isDragging = useIncomingFiles(receive, say.pastedName);

  return (
    <LocaleContext.Provider value={locale}>
      <Header
        view={view}
        access={access}
        workbench={workbench}
        onAccess={(news) => {
          saveAccess(news);
          setAccess(news);
        }}
        onLanguage={(code) => {
          saveLanguage(code);
          setLanguage(code);
        }}
      />
      <main class={isDragging ? 'is-dragging' : ''}>
        <div hidden={view !== 'analyze'}>
          <AnalyzeView workbench={workbench} choices={choices} access={access} onChoices={setChoices} />
        </div>
        {view === 'corpus' && <CorpusView key={`${access.key} ${access.folder}`} access={access} />}
        {view === 'server' && <ServerView access={access} />}
      </main>
    </LocaleContext.Provider>
  );
}
