/**
 * Creates a value at the first call, with the arguments of that call, and keeps it. A failure is not kept: the next
 * call tries again.
 */
export function lazy<Args extends unknown[], Value>(
  make: (...args: Args) => Promise<Value>,
): (...args: Args) => Promise<Value> {
  let made: Promise<Value> | undefined;
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
