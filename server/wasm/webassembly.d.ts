/** The part of the WebAssembly interface that the server uses: TypeScript declares it for browsers alone. */
declare namespace WebAssembly {
  type Exports = Readonly<Record<string, unknown>>;
  class Module {
    constructor(bytes: Uint8Array<ArrayBuffer>);
  }
  class Memory {
    constructor(descriptor: { initial: number });
    /** Another object after each `grow`. */
    readonly buffer: ArrayBuffer;
    /** @throws RangeError when there is no more memory */
    grow(pages: number): number;
  }
  class Instance {
    constructor(module: Module, imports: Readonly<Record<string, Readonly<Record<string, unknown>>>>);
    readonly exports: Exports;
  }
}
