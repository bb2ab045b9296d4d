import { AccessDialog } from './access-dialog.jsx';
import type { Access } from './api/call.js';
import iconUrl from './icon.svg?url';
import { localeCodes, useLocale, type LocaleCode } from './language/locale.js';
import { addressOf, views, type View } from './state/view.js';
import type { Workbench } from './state/workbench.js';

const languageNames: Readonly<Record<LocaleCode, string>> = { en: 'English', ru: 'Русский' };

export function Header({
  view,
  access,
  workbench,
  onAccess,
  onLanguage,
}: {
  readonly view: View;
  readonly access: Access;
  readonly workbench: Workbench;
  readonly onAccess: (access: Access) => void;
  readonly onLanguage: (code: LocaleCode) => void;
}) {
  const { code, say } = useLocale();
  return (
    <header>
      <a class="brand" href={addressOf('analyze')}>
        <img src={iconUrl} alt="" width="26" height="26" />
        visiond
      </a>
      <nav aria-label={say.navigation}>
        {views.map((each) => (
          <a key={each} href={addressOf(each)} {...(each === view && { 'aria-current': 'page' as const })}>
            {say.views[each]}
          </a>
        ))}
        <a href="docs">{say.reference}</a>
      </nav>
      <div class="header-end">
        <AccessDialog access={access} workbench={workbench} onAccess={onAccess} />
        <select
          class="quiet"
          aria-label={say.language}
          value={code}
          onChange={({ currentTarget }) => {
            const chosen = localeCodes.find((each) => each === currentTarget.value);
            if (chosen !== undefined) onLanguage(chosen);
          }}
        >
          {localeCodes.map((each) => (
            <option key={each} value={each} lang={each}>
              {languageNames[each]}
            </option>
          ))}
        </select>
      </div>
    </header>
  );
}
