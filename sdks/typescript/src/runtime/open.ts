/** Types for what a later version of an API may add. Nothing here exists at run time. */

/**
 * An enum, though no value of one: only a literal type, which a branded string is not, lets the
 * compiler tell variants apart by their tag, and only an enum's differs from every string.
 */
declare enum Tag {
  unknown = "",
}

/**
 * A tag that this version does not know: a string, but none of the known ones, so that comparing
 * with a known tag leaves the unknown variant out.
 */
export type UnknownTag = Tag;

/** A variant of a union that this version does not know: its tag, and everything it came with. */
export type UnknownVariant<Name extends string> = { readonly [Property in Name]: UnknownTag } & {
  readonly [property: string]: unknown;
};
