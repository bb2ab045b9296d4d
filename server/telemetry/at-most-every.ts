/**
 * Reports repeated events without flooding the log: the first at once, and then, at most once in a period, how many
 * there were.
 * @returns a function to call for each event
 */
export function atMostEvery(periodMs: number, report: (count: number) => void): () => void {
  let count = 0;
  let timer: NodeJS.Timeout | undefined;
  const tell = (): void => {
    if (count > 0) {
      report(count);
      timer = setTimeout(tell, periodMs).unref();
    } else timer = undefined;
    count = 0;
  };
  return () => {
    count++;
    if (timer === undefined) tell();
  };
}
