// Every method of the SDK is watched from the start, so that nobody has to remember which of them a test has called.

import * as sdk from "@commercetools-connect/sdk";

const called = new Set<string>();

/** The methods of all classes that the SDK exports, as `Class.method`, sorted. */
export const methods: string[] = Object.entries(sdk).flatMap(([name, exported]) => watched(name, exported)).sort();

/** The methods that no test has called so far. */
export function uncalled(): string[] {
  return methods.filter((method) => !called.has(method));
}

function watched(name: string, exported: unknown): string[] {
  if (typeof exported !== "function" || !exported.toString().startsWith("class ")) {
    return [];
  }
  const prototype = exported.prototype as Record<string, (...given: unknown[]) => unknown>;
  const own = Object.getOwnPropertyNames(prototype).filter((method) => method !== "constructor");
  return own.map((method) => {
    const path = `${name}.${method}`;
    const inner = prototype[method]!;
    prototype[method] = function (this: unknown, ...given: unknown[]) {
      called.add(path);
      return inner.apply(this, given);
    };
    return path;
  });
}
