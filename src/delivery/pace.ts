/** A limit of a platform: within `bucket` two messages are at least `gapMs` apart. */
export interface Pace {
  readonly bucket: string;
  readonly gapMs: number;
}

const SECOND = 1000;

/**
 * How fast a platform may be written to, as gaps and without bursts, so that no window of any length holds too many.
 * Slack: 1 message a second per channel (docs.slack.dev/apis/web-api/rate-limits); a page with a picture takes calls of
 * tier 4, 100 a minute in a workspace. Teams: 7 a second and 1,800 an hour per conversation, 50 a second per app and tenant
 * (learn.microsoft.com, bots/how-to/rate-limit; an older copy says 30, which is kept).
 */
export function pacesOf(address: { readonly platform: string; readonly tenant: string; readonly conversation: string; readonly user: string }): Pace[] {
  switch (address.platform) {
    case 'slack': return [
      { bucket: `slack/${address.conversation === '' ? address.user : address.conversation}`, gapMs: 1.1 * SECOND },
      { bucket: 'slack', gapMs: 0.6 * SECOND },
    ];
    case 'teams': return [
      { bucket: `teams/${address.tenant}/${address.conversation}`, gapMs: 2 * SECOND },
      { bucket: `teams/${address.tenant}`, gapMs: SECOND / 30 },
    ];
    default: return [];
  }
}

const FIRST_MS = 15 * SECOND;
const LONGEST_MS = 3600 * SECOND;

/**
 * How long to wait before the next attempt: what the platform asked for, else 15 seconds doubled each time up to an hour;
 * either way up to half as long again, so that those who were refused together do not come back together.
 * `attempts`: how many there were; `random`: 0 to 1.
 */
export function waitMs(attempts: number, retryAfterMs: number | null, random: number): number {
  const base = retryAfterMs ?? Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(20, Math.max(0, attempts - 1)));
  return Math.round(base * (1 + random / 2));
}

/** After so many attempts, a good two days, it is told and left to people. */
export const MOST_ATTEMPTS = 60;
/** After so many, a good hour, a refusal that nobody knows the reason of is taken for final. */
export const MOST_REFUSALS = 9;
