/**
 * Makes a thing when it is first asked for, of what is given then, and keeps it. A failure is not kept: the next one to ask
 * tries again.
 */
export function lazy<Args extends unknown[], Thing>(
  make: (...args: Args) => Promise<Thing>,
): (...args: Args) => Promise<Thing> {
  let made: Promise<Thing> | undefined;
  return async (...args) => {
    made ??= make(...args);
    try {
      return await made;
    } catch (error) {
      made = undefined;
      throw error;
    }
  };
}
