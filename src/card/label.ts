import type { Language, Pack } from '../pack/model.ts';
import { messages } from './messages.ts';

/** What stands beside every figure of a pack that is not real: its label, and by how much its dates are moved. Empty for real data. */
export function packLabel(pack: Pack, language: Language): string {
  if (pack.label === null) return '';
  const moved = pack.demonstration?.moved ?? 0;
  return moved === 0 ? pack.label[language] : `${pack.label[language]}, ${messages(language).movedOn(moved)}`;
}
