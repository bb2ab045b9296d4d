/** Dependencies, build and languages, each if needed. */
export function setUp(): Promise<void>;
/** Compiles to dist/ if a source is newer. */
export function build(): void;
