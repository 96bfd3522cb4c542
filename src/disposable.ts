/**
 * The symbols behind `using` and `await using`. Node 20.0 to 20.3 have none; compilers fall back to these names there. The types
 * are declared as TypeScript's own library does, for programs that compile without it.
 */
declare global {
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

const symbol = (name: "dispose" | "asyncDispose"): unknown =>
  (Symbol as unknown as Record<string, symbol | undefined>)[name] ?? Symbol.for(`Symbol.${name}`);

export const dispose: typeof Symbol.dispose = symbol("dispose") as typeof Symbol.dispose;
export const asyncDispose: typeof Symbol.asyncDispose = symbol("asyncDispose") as typeof Symbol.asyncDispose;
