/** What the user has to change, in one line. */
export class Refusal extends Error {}
