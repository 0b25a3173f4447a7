/** A set that forgets its oldest members: Slack repeats an event within the hour, never after days. */
export interface Seen {
  /** True the first time. */
  first(id: string): boolean;
}

export function createSeen(most: number): Seen {
  const ids = new Set<string>();
  return {
    first: (id) => {
      if (ids.has(id)) return false;
      ids.add(id);
      if (ids.size > most) ids.delete(ids.values().next().value as string);
      return true;
    },
  };
}
