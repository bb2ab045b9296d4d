import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';

/** What the page opens: what the server takes, and what browsers can turn into it. */
export const acceptedFiles = 'image/*,application/pdf,.pdf';

/** A button that chooses files. It is a real file field, so that keyboards and screen readers know what it is. */
export function FileButton({
  children,
  onFiles,
  accept = acceptedFiles,
  multiple = true,
  isCamera = false,
  kind = '',
}: {
  readonly children: ComponentChildren;
  readonly onFiles: (files: readonly File[]) => void;
  readonly accept?: string;
  readonly multiple?: boolean;
  /** Asks phones to open the camera that looks away from the person. */
  readonly isCamera?: boolean;
  readonly kind?: string;
}) {
  const id = useId();
  return (
    <span class="file-button">
      <input
        type="file"
        id={id}
        accept={accept}
        multiple={multiple}
        {...(isCamera && { capture: 'environment' })}
        onChange={({ currentTarget }) => {
          const files = [...(currentTarget.files ?? [])];
          // The same file can be chosen again.
          currentTarget.value = '';
          if (files.length > 0) onFiles(files);
        }}
      />
      <label for={id} class={`button ${kind}`}>
        {children}
      </label>
    </span>
  );
}
