/** The value at a path of property names; `undefined` where the path leads nowhere. */
export function at(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (found, name) =>
      typeof found === "object" && found !== null && Object.hasOwn(found, name)
        ? (found as { readonly [name: string]: unknown })[name]
        : undefined,
    value,
  );
}
