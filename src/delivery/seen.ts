/** A set that forgets its oldest members: a platform repeats an event within minutes or the hour, never after days. */
export interface Seen {
  /** True the first time. */
  first(id: string): boolean;
  has(id: string): boolean;
  forget(id: string): void;
}

export function createSeen(most: number): Seen {
  const ids = new Set<string>();
  return {
    first: (id) => {
      if (ids.has(id)) return false;
      ids.add(id);
      for (const oldest of ids) {
        if (ids.size <= most) break;
        ids.delete(oldest);
      }
      return true;
    },
    has: (id) => ids.has(id),
    forget: (id) => { ids.delete(id); },
  };
}
