// Names of the platform that the types here use. Where the project's libraries or `@types` declare them,
// these declarations add nothing; where they do not, the package compiles all the same.

export {};

declare global {
  interface AbortSignal {}
  interface Blob {}
  interface Headers {}
  interface ReadableStream<R = any> {}
  interface Response {}
  interface URL {}

  namespace WebAssembly {
    interface Module {}
  }

  interface SymbolConstructor {
    readonly dispose: unique symbol;
    readonly asyncDispose: unique symbol;
  }
  interface Disposable {
    [Symbol.dispose](): void;
  }
  interface AsyncDisposable {
    [Symbol.asyncDispose](): PromiseLike<void>;
  }
}
