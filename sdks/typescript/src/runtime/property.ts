/** An object's own property: what its prototype has, such as `constructor`, is none. */
export function own<Value>(
  object: { readonly [name: string]: Value } | undefined,
  name: string,
): Value | undefined {
  return object !== undefined && Object.hasOwn(object, name) ? object[name] : undefined;
}

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
