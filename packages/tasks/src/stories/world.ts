/** A place, and the line that states it. */
export type At = { readonly place: string; readonly line: number };

/** A place of an object, and the lines from which it follows. */
type Visit = { readonly place: string; readonly facts: readonly number[] };

/** An object: its owner, all its places since it was first taken, and the line of its last carrier's move. */
export type Thing = { holder?: string | undefined; readonly visits: Visit[]; arrival?: number | undefined };

/** The state of the world that follows from a story: people who move, take and leave objects. */
export class World {
  readonly people: Map<string, At> = new Map();
  readonly #things: Map<string, Thing> = new Map();
  /** The line of the last change of owner. */
  readonly #taken: Map<string, number> = new Map();
  readonly #handled: Map<string, number[]> = new Map();

  go(person: string, place: string, line: number): void {
    const from = this.people.get(person);
    this.people.set(person, { place, line });
    for (const object of this.heldBy(person)) {
      const thing = this.thing(object);
      thing.arrival = line;
      thing.visits.push({ place, facts: [this.takenAt(object), from?.line ?? line, line] });
    }
  }

  take(person: string, object: string, line: number): void {
    const thing = this.thing(object);
    thing.holder = person;
    this.#note(object, person, line);
    const at = this.people.get(person);
    if (at === undefined) return;
    thing.arrival = at.line;
    if (this.placeOf(object) !== at.place) thing.visits.push({ place: at.place, facts: [at.line, line] });
  }

  drop(object: string, line: number): void {
    const thing = this.thing(object);
    if (thing.holder !== undefined) this.#note(object, thing.holder, line);
    thing.holder = undefined;
  }

  give(object: string, receiver: string, line: number): void {
    const { holder } = this.thing(object);
    if (holder !== undefined) this.#note(object, holder, line);
    this.take(receiver, object, line);
  }

  #note(object: string, person: string, line: number): void {
    this.#taken.set(object, line);
    this.#handled.set(person, [...this.handledBy(person), line]);
  }

  /** The lines in which a person got or lost an object. */
  handledBy(person: string): readonly number[] {
    return this.#handled.get(person) ?? [];
  }

  /** The people who ever had an object. */
  get handlers(): string[] {
    return [...this.#handled.keys()];
  }

  thing(object: string): Thing {
    const thing = this.#things.get(object) ?? { visits: [] };
    this.#things.set(object, thing);
    return thing;
  }

  /** The line in which an object was last taken, given, or put down. */
  takenAt(object: string): number {
    return this.#taken.get(object) ?? 0;
  }

  /** In the order in which they were taken. */
  heldBy(person: string): string[] {
    return [...this.#things.keys()]
      .filter((object) => this.thing(object).holder === person)
      .sort((a, b) => this.takenAt(a) - this.takenAt(b));
  }

  /** The place of an object, if known. */
  placeOf(object: string): string | undefined {
    return this.thing(object).visits.at(-1)?.place;
  }

  /** Whether a person whose place is known may take an object: it has no owner, and its place is the same or unknown. */
  mayTake(person: string, object: string): boolean {
    const here = this.people.get(person)?.place;
    if (here === undefined || this.thing(object).holder !== undefined) return false;
    return (this.placeOf(object) ?? here) === here;
  }
}
