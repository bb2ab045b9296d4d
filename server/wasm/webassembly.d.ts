/** The part of the WebAssembly interface that the server uses: TypeScript declares it for browsers alone. */
declare namespace WebAssembly {
  type Exports = Readonly<Record<string, unknown>>;
  /** Compiled code, of which nothing but instances can be made. */
  interface Module {
    readonly __module: unique symbol;
  }
  const Module: new (bytes: Uint8Array<ArrayBuffer>) => Module;
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
