/** A setting that cannot work, as a sentence. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}
