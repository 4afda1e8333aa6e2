import { copyOf, giveBack } from '../pool.ts';
import type { Arena, Tenant } from './arena.ts';

/** Position of an array in an arena. */
type Place = { readonly address: number; readonly length: number };

const tenants = new WeakMap<object, Tenant>();

/**
 * Activations that stay in the arena until it is needed otherwise, and are copied out only then. Read each one
 * again before each use: a change of the arena invalidates earlier views.
 */
export function holdIn<Name extends string>(
  arena: Arena,
  places: Readonly<Record<Name, Place>>,
): Readonly<Record<Name, Float32Array>> {
  const names = Object.keys(places) as Name[];
  const copies = new Map<Name, Float32Array>();
  const { start } = arena;
  const here = (name: Name): Float32Array =>
    arena.view(places[name].address - start + arena.start, places[name].length);
  const tenant: Tenant = {
    moveOut() {
      for (const name of names) copies.set(name, copyOf(here(name)));
    },
    release() {
      arena.leave(tenant);
      giveBack(copies.values());
      copies.clear();
    },
  };
  const held = {} as Record<Name, Float32Array>;
  for (const name of names) {
    Object.defineProperty(held, name, { enumerable: true, get: () => copies.get(name) ?? here(name) });
  }
  tenants.set(held, tenant);
  arena.hold(tenant);
  return held;
}

/** The tenant that holds these activations, if they are still in the arena. */
export function tenantOf(arena: Arena, activations: object | undefined): Tenant | undefined {
  const tenant = activations && tenants.get(activations);
  return tenant && arena.isHeldBy(tenant) ? tenant : undefined;
}

/** Releases activations that are no longer used. Returns whether they were held. */
export function releaseHeld(activations: object): boolean {
  const tenant = tenants.get(activations);
  tenant?.release();
  return tenant !== undefined;
}
