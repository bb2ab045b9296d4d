/** Compiles the server, its tests and benchmarks to dist/, if a source has changed. */
export function build(): void;
/** Compiles the package of client/, if a source has changed. */
export function buildClient(): void;
/** Builds the web page in page/, if a source has changed. */
export function buildPage(): void;
