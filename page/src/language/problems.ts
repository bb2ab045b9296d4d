import type { Problem } from '../api/problem.js';

/** What a person can do about an error, by its reason. */
type Sentences = Readonly<Record<string, string>>;

const english: Sentences = {
  UNREACHABLE: 'The server cannot be reached. Check that it is running and that you are connected to its network.',
  UNEXPECTED_ANSWER: 'The server gave an answer that this page does not understand. Reload the page and try again.',
  PICTURE_UNREADABLE:
    'This file is not a picture that your browser or the server can open. Try a JPEG, PNG or PDF file.',
  FILE_TOO_LARGE: 'This file is larger than 10 MiB, the limit of the server.',
  CREDENTIALS_REQUIRED: 'This server asks for a key. Enter it under Access.',
  TOKEN_INVALID: 'The key or token is not valid, or it has expired. Check it under Access.',
  FOLDER_REQUIRED: 'This key is for several folders. Name one under Access.',
  FOLDER_MISMATCH: 'The key is for another folder. Change the folder under Access, or leave it empty.',
  PERMISSION_DENIED: 'This key may not use that folder.',
  HOST_NOT_ALLOWED: 'The server does not accept this address. Its operator can allow it with --allowed-hosts.',
  ORIGIN_NOT_ALLOWED:
    'The server does not accept calls from this page. Its operator can allow the address with --allowed-hosts.',
  OVERLOADED: 'The server is busy.',
  BODIES_FULL: 'The server is busy.',
  ENGINE_LOST: 'The analysis was interrupted.',
  SHUTTING_DOWN: 'The server is being restarted.',
  QUOTA_EXCEEDED: 'Your folder has used up what it may do per second.',
  DEADLINE_EXCEEDED: 'The analysis took too long.',
  CONTENT_EMPTY: 'The file is empty.',
  CONTENT_TOO_LARGE: 'The file is larger than the server allows.',
  NOT_AN_IMAGE: 'This file is neither JPEG, PNG nor PDF.',
  IMAGE_UNREADABLE: 'The picture is damaged and cannot be opened.',
  TOO_MANY_PIXELS: 'The picture has more pixels than the server allows.',
  PDF_UNREADABLE: 'The PDF is damaged and cannot be opened.',
  PDF_ENCRYPTED: 'The PDF is protected by a password. Save it without one and try again.',
  PDF_NOT_ACCEPTED: 'This can only be found in pictures, not in PDFs.',
  TOO_MANY_PAGES:
    'The PDF has more pages than the server allows. Split it, or ask its operator for a higher --max-pdf-pages.',
  LANGUAGE_NOT_INSTALLED:
    'The server cannot read one of these languages yet. Its operator can add it with `visiond models pull`.',
  MODEL_UNKNOWN: 'The server has no such model.',
  TOO_MANY_LINES: 'The picture has more lines of text than the server allows.',
  FEATURE_TOO_SLOW: 'This took longer than the server allows.',
  FEATURE_FAILED: 'The server failed at this. Its operator finds the reason in the log.',
  INTERNAL: 'The server failed at this. Its operator finds the reason in the log.',
  STORAGE_FULL: 'The disk of the server is full.',
};

const russian: Sentences = {
  UNREACHABLE: 'Сервер недоступен. Проверьте, что он запущен и что вы подключены к его сети.',
  UNEXPECTED_ANSWER: 'Страница не поняла ответ сервера. Обновите её и попробуйте снова.',
  PICTURE_UNREADABLE: 'Ни браузер, ни сервер не могут открыть этот файл. Попробуйте JPEG, PNG или PDF.',
  FILE_TOO_LARGE: 'Файл больше 10 МиБ: это предел сервера.',
  CREDENTIALS_REQUIRED: 'Сервер требует ключ. Введите его в разделе «Доступ».',
  TOKEN_INVALID: 'Ключ или токен недействителен или истёк. Проверьте его в разделе «Доступ».',
  FOLDER_REQUIRED: 'Ключ подходит к нескольким каталогам. Укажите один в разделе «Доступ».',
  FOLDER_MISMATCH: 'Ключ выдан для другого каталога. Измените каталог в разделе «Доступ» или оставьте поле пустым.',
  PERMISSION_DENIED: 'С этим ключом каталог недоступен.',
  HOST_NOT_ALLOWED: 'Сервер не принимает этот адрес. Администратор может разрешить его: --allowed-hosts.',
  ORIGIN_NOT_ALLOWED:
    'Сервер не принимает вызовы с этой страницы. Администратор может разрешить её адрес: --allowed-hosts.',
  OVERLOADED: 'Сервер занят.',
  BODIES_FULL: 'Сервер занят.',
  ENGINE_LOST: 'Анализ прервался.',
  SHUTTING_DOWN: 'Сервер перезапускается.',
  QUOTA_EXCEEDED: 'Ваш каталог исчерпал свою квоту на эту секунду.',
  DEADLINE_EXCEEDED: 'Анализ занял слишком много времени.',
  CONTENT_EMPTY: 'Файл пуст.',
  CONTENT_TOO_LARGE: 'Файл больше, чем разрешает сервер.',
  NOT_AN_IMAGE: 'Это не JPEG, не PNG и не PDF.',
  IMAGE_UNREADABLE: 'Изображение повреждено и не открывается.',
  TOO_MANY_PIXELS: 'В изображении больше пикселей, чем разрешает сервер.',
  PDF_UNREADABLE: 'PDF повреждён и не открывается.',
  PDF_ENCRYPTED: 'PDF защищён паролем. Сохраните его без пароля и попробуйте снова.',
  PDF_NOT_ACCEPTED: 'Это можно найти только на изображениях, не в PDF.',
  TOO_MANY_PAGES:
    'В PDF больше страниц, чем разрешает сервер. Разделите файл или попросите администратора увеличить --max-pdf-pages.',
  LANGUAGE_NOT_INSTALLED:
    'Один из этих языков сервер пока не читает. Администратор может добавить его: `visiond models pull`.',
  MODEL_UNKNOWN: 'На сервере нет такой модели.',
  TOO_MANY_LINES: 'На изображении больше строк, чем разрешает сервер.',
  FEATURE_TOO_SLOW: 'Это заняло больше времени, чем разрешает сервер.',
  FEATURE_FAILED: 'На сервере произошла ошибка. Администратор найдёт причину в журнале.',
  INTERNAL: 'На сервере произошла ошибка. Администратор найдёт причину в журнале.',
  STORAGE_FULL: 'На диске сервера нет места.',
};

const unknown = { en: 'The server reported an error.', ru: 'Сервер сообщил об ошибке.' };

/** The reasons for which there are sentences of the page's own, the same in both languages. */
export const explainedReasons = { en: Object.keys(english), ru: Object.keys(russian) } as const;

/** An error as a person wants it: what is wrong and what to do. Where the page has no words, those of the server. */
export function explain({ reason, message, retrySeconds }: Problem, language: 'en' | 'ru'): string {
  const sentences = language === 'ru' ? russian : english;
  const own = sentences[reason];
  const text = own ?? (message === '' ? unknown[language] : withPeriod(message));
  if (retrySeconds === undefined) return text;
  return language === 'ru' ? `${text} Повторите через ${retrySeconds} с.` : `${text} Try again in ${retrySeconds} s.`;
}

function withPeriod(message: string): string {
  return /[.!?]$/.test(message) ? message : `${message}.`;
}
