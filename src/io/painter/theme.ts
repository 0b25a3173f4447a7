/**
 * Colours of every picture, Okabe–Ito based. Contrast on paper: ink 14.7, muted 7.6, blue 5.2, vermillion 3.9
 * (marks only; its text is `alert`, 5.5), edge 3.0. Seen in simulated colour blindness the two hues nearly
 * merge, so a sign, a word or a shape always carries the meaning.
 */
export const THEME = {
  paper: '#FFFFFF', ink: '#1F2937', muted: '#4B5563', grid: '#E5E7EB', budget: '#DDE2EA', edge: '#8C96A6',
  blue: '#0072B2', paleBlue: '#9CC9E4', vermillion: '#D55E00', paleVermillion: '#F0BE99', band: '#F1F4F8', alert: '#B34700',
} as const;

export const FONT = 'Inter';
/** CSS pixels; drawn at twice that. */
export const WIDTH = 480;
export const HEIGHT = 300;
export const SCALE = 2;
