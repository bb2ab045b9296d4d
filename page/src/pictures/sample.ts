import sampleUrl from '../../../examples/sample.png?url';

/** The sample image of the repository, drawn by visiond's own code: an invoice in English and Russian. */
export async function loadSample(): Promise<File> {
  const response = await fetch(sampleUrl);
  return new File([await response.blob()], 'sample.png', { type: 'image/png' });
}
