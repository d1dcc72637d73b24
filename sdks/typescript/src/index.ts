export * from "./generated/index.js";
export { default } from "./generated/index.js";
