/** An own property of an object that is a plain value; inherited ones and getters are ignored. */
export function ownValue(of: object, name: PropertyKey): unknown {
  return Object.getOwnPropertyDescriptor(of, name)?.value;
}

/** The same for the exports of a package. Bundlers make namespaces of modules whose exports are getters: these are read. */
export function ownExport(of: object, name: string): unknown {
  const isNamespace = ownValue(of, Symbol.toStringTag) === 'Module' || ownValue(of, '__esModule') === true;
  return isNamespace && Object.hasOwn(of, name) ? (of as { [name: string]: unknown })[name] : ownValue(of, name);
}
