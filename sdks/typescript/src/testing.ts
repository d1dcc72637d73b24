/** A fake of the API for tests: a real client over a transport that answers as it is told. */
export * from "./generated/testing.js";
