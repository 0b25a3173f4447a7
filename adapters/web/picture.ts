const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a] as const;

/** Width and height in pixels from the header of a PNG (ISO 15948, 11.2.2), so that the page keeps its place; null when it is no PNG. */
export function pngSize(png: Uint8Array): { width: number; height: number } | null {
  if (png.length < 24 || SIGNATURE.some((byte, i) => png[i] !== byte)) return null;
  const header = new DataView(png.buffer, png.byteOffset, png.byteLength);
  const width = header.getUint32(16);
  const height = header.getUint32(20);
  return width > 0 && height > 0 ? { width, height } : null;
}
