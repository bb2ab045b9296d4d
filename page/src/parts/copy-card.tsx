import type { ComponentChildren } from 'preact';
import { useLocale } from '../language/locale.js';

/**
 * An image of the corpus as text and links. Its picture is elsewhere: this page asks no other server for anything by
 * itself.
 */
export function CopyCard({
  title,
  description,
  imageUrl,
  pageUrl,
  id = '',
  children,
}: {
  readonly title: string;
  readonly description: string;
  readonly imageUrl: string;
  readonly pageUrl: string;
  readonly id?: string;
  readonly children?: ComponentChildren;
}) {
  const { say } = useLocale();
  const heading = title === '' ? (id === '' ? say.untitled : id) : title;
  return (
    <article class="copy">
      <h3>{heading}</h3>
      {description !== '' && <p>{description}</p>}
      {title !== '' && id !== '' && <p class="detail">{id}</p>}
      {(imageUrl !== '' || pageUrl !== '') && (
        <p class="links">
          <OutsideLink url={imageUrl} label={say.image} />
          <OutsideLink url={pageUrl} label={say.webPage} />
        </p>
      )}
      {children}
    </article>
  );
}

/** Only what a browser opens as a web page becomes a link. */
function OutsideLink({ url, label }: { readonly url: string; readonly label: string }) {
  if (!/^https?:\/\//i.test(url)) return null;
  return (
    <a href={url} target="_blank" rel="noopener noreferrer" title={url}>
      {label} <span aria-hidden="true">↗</span>
    </a>
  );
}
