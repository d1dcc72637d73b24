/** Each operation as a function of its own: a bundle holds only those that are called. */
export * from "./generated/functions/index.js";
