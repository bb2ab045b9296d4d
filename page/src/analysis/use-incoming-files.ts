import { useEffect, useState } from 'preact/hooks';

/**
 * Takes files that are dropped anywhere on the page or pasted.
 * @returns whether files are being dragged over the page
 */
export function useIncomingFiles(onFiles: (files: readonly File[]) => void, pastedName: string): boolean {
  const [isOver, setIsOver] = useState(false);
  useEffect(() => {
    const hasFiles = ({ dataTransfer }: DragEvent): boolean => dataTransfer?.types.includes('Files') ?? false;
    const over = (event: DragEvent): void => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      setIsOver(true);
    };
    const leave = ({ relatedTarget }: DragEvent): void => {
      if (relatedTarget === null) setIsOver(false);
    };
    const drop = (event: DragEvent): void => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      setIsOver(false);
      onFiles([...(event.dataTransfer?.files ?? [])]);
    };
    const paste = (event: ClipboardEvent): void => {
      const files = [...(event.clipboardData?.files ?? [])];
      if (files.length === 0) return;
      event.preventDefault();
      // Browsers call every screenshot image.png.
      onFiles(files.map((file) => (file.name === 'image.png' ? new File([file], pastedName, file) : file)));
    };
    const end = new AbortController();
    const { signal } = end;
    document.addEventListener('dragenter', over, { signal });
    document.addEventListener('dragover', over, { signal });
    document.addEventListener('dragleave', leave, { signal });
    document.addEventListener('drop', drop, { signal });
    document.addEventListener('paste', paste, { signal });
    return () => end.abort();
  }, [onFiles, pastedName]);
  return isOver;
}
