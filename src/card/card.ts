import type { ChartSpec } from '../chart/spec.ts';
import type { Language } from '../pack/model.ts';

/** One column of a table: numbers are set to the right. */
export interface TableColumn {
  readonly title: string;
  readonly align: 'left' | 'right';
}

export interface TableCell {
  readonly text: string;
  /** A word and sign are always in `text`; the tone only underlines it. */
  readonly tone: 'concern' | 'good' | 'neutral';
}

export type Block =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'heading'; readonly text: string }
  | { readonly kind: 'table'; readonly title: string; readonly columns: readonly TableColumn[]; readonly rows: readonly (readonly TableCell[])[] }
  /** What needs to be known about the figures: partial, missing, suppressed, caveats. */
  | { readonly kind: 'notes'; readonly title: string; readonly items: readonly string[] };

/** Something to press. Pressing is the same as typing `ask`. */
export interface Action {
  readonly id: string;
  readonly label: string;
  readonly ask: string;
}

export interface Picture {
  readonly chart: ChartSpec;
  /** Says the finding with its numbers, at most 2,000 characters. */
  readonly alt: string;
}

/** A message independent of platform. Text is plain, in the reader's language, without markup. */
export interface Card {
  readonly language: Language;
  readonly title: string;
  /** `Syntetiske data` and the like; empty for real data. Shown beside the title. */
  readonly label: string;
  /** One sentence that says what matters most. */
  readonly headline: string;
  readonly blocks: readonly Block[];
  readonly picture: Picture | null;
  readonly actions: readonly Action[];
  /** Source, data date, definitions: small print, one line each. */
  readonly provenance: readonly string[];
}

/** A card ready to leave: the picture is drawn (PNG), or null when there is none or it could not be drawn. */
export interface Message {
  readonly card: Card;
  readonly png: Uint8Array | null;
  /** The figures as a spreadsheet, when they were asked for as one. */
  readonly sheet: Sheet | null;
}

/** An .xlsx file with a name to save it by. */
export interface Sheet {
  readonly name: string;
  readonly bytes: Uint8Array;
}
