/** The part of the WebAssembly API that the server uses. TypeScript declares it in the library of the DOM alone. */
declare namespace WebAssembly {
  type Exports = Readonly<Record<string, unknown>>;
  /** Compiled code. Its only use is to create instances. */
  interface Module {
    readonly __module: unique symbol;
  }
  const Module: new (bytes: Uint8Array<ArrayBuffer>) => Module;
  class Memory {
    constructor(descriptor: { initial: number });
    /** A new object after each `grow`. */
    readonly buffer: ArrayBuffer;
    /** @throws RangeError when there is no more memory */
    grow(pages: number): number;
  }
  class Instance {
    constructor(module: Module, imports: Readonly<Record<string, Readonly<Record<string, unknown>>>>);
    readonly exports: Exports;
  }
}
