import sharp, { type Sharp } from 'sharp';

/** A drawn head: the middle of its face, and the size of it, 1 being a face 100 pixels wide and 132 high. */
export interface DrawnFace {
  readonly x: number;
  readonly y: number;
  readonly size: number;
}

/** Heads with shoulders on a plain ground, lifelike enough for the detectors. */
export function drawFaces(width: number, height: number, faces: readonly DrawnFace[]): Sharp {
  const skin =
    '<radialGradient id="skin" cx="0.42" cy="0.4" r="0.7"><stop offset="0" stop-color="#f0c8a8"/>' +
    '<stop offset="0.7" stop-color="#d9a582"/><stop offset="1" stop-color="#b07d5f"/></radialGradient>';
  const heads = faces.map(({ x, y, size }) => `<g transform="translate(${x},${y}) scale(${size})">${head}</g>`);
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">
    <defs>${skin}</defs><rect width="100%" height="100%" fill="#8fa3a8"/>${heads.join('')}</svg>`;
  return sharp(Buffer.from(svg)).blur(0.8);
}

const head = [
  '<ellipse cy="-18" rx="58" ry="70" fill="#2d1f18"/>',
  '<rect x="-22" y="50" width="44" height="50" fill="#c99a7c"/>',
  '<ellipse rx="50" ry="66" fill="url(#skin)"/>',
  '<path d="M-50-20Q-40-66 0-62Q40-66 50-20Q30-46 0-44Q-30-46-50-20Z" fill="#2d1f18"/>',
  ...[-1, 1].map(
    (side) => `<g transform="scale(${side},1)">
      <ellipse cx="51" cy="4" rx="7" ry="13" fill="#cf9c7d"/>
      <path d="M33-18Q20-26 9-18" stroke="#2d1f18" stroke-width="4" fill="none"/>
      <ellipse cx="20" cy="-7" rx="10" ry="5.5" fill="#f4efe9"/>
      <circle cx="20" cy="-7" r="5" fill="#39271c"/><circle cx="20" cy="-7" r="2"/>
      <path d="M30-9Q20-15 10-8" stroke="#6b4a3a" stroke-width="2" fill="none"/>
      <ellipse cx="4" cy="20" rx="2.5" ry="1.6" fill="#7a4d3a"/></g>`,
  ),
  '<path d="M-4-5Q-8 14-10 18Q-5 24 0 22Q5 24 10 18" stroke="#a8765a" stroke-width="2.5" fill="none"/>',
  '<path d="M-20 37Q-8 32 0 35Q8 32 20 37Q8 48 0 48Q-8 48-20 37Z" fill="#b5564f"/>',
  '<path d="M-20 37Q0 41 20 37" stroke="#6e2f2c" stroke-width="1.8" fill="none"/>',
  '<path d="M-70 100Q0 78 70 100L90 170L-90 170Z" fill="#3f5d86"/>',
].join('');
