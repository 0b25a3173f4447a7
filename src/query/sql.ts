/** A statement and its values: names in the text are checked ids, values are always parameters. */
export interface CompiledQuery {
  readonly sql: string;
  readonly parameters: readonly string[];
}
