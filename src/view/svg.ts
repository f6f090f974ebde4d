// Writing a drawing as SVG: one self-contained file without scripts, styles or fonts of its own, with its own background, so that it
// looks the same in dark and light viewers. Equal drawings give equal bytes.

import { COLOURS, type Curve, type Drawing, type PageShape, type Role, type Text } from './drawing.js';
import { htmlText } from './html.js';

const FONTS = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, 'DejaVu Sans', sans-serif";
/** Labels are set for a font of 7 pixels' height from the top left. */
const LABEL_SIZE = 9;
const LABEL_ASCENT = 7;

/**
 * A drawing as the text of an SVG document.
 * @param title what it is called by those who cannot see it
 */
export function drawingToSvg({ width, height, shapes }: Drawing<PageShape>, { title }: { title: string }): string {
  const size = `width="${number(width)}" height="${number(height)}" viewBox="0 0 ${number(width)} ${number(height)}"`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" ${size} role="img" font-family="${FONTS}">`,
    `<title>${escaped(title)}</title>`,
    `<rect width="${number(width)}" height="${number(height)}" fill="${colour('paper')}"/>`,
    ...shapes.map(element),
    '</svg>\n',
  ].join('\n');
}

function element(shape: PageShape): string {
  if ('points' in shape) return curve(shape);
  if ('size' in shape) return words(shape);
  if ('text' in shape) {
    const { role, x, y, text } = shape;
    return words({ role, x, y: y + LABEL_ASCENT, text, size: LABEL_SIZE });
  }
  const { role, x, y, width, height, hint } = shape;
  const box = `<rect x="${number(x)}" y="${number(y)}" width="${number(width)}" height="${number(height)}" fill="${colour(role)}"`;
  return hint === undefined ? `${box}/>` : `${box}><title>${escaped(hint)}</title></rect>`;
}

function words({ role, x, y, text, size, anchor = 'start', bold = false }: Text): string {
  const place = anchor === 'start' ? '' : ` text-anchor="${anchor}"`;
  const weight = bold ? ' font-weight="600"' : '';
  return `<text x="${number(x)}" y="${number(y)}" font-size="${number(size)}"${place}${weight} fill="${colour(role)}">${escaped(text)}</text>`;
}

function curve({ role, points, thickness }: Curve): string {
  const path = points.map(([x, y]) => `${number(x)},${number(y)}`).join(' ');
  return `<polyline points="${path}" fill="none" stroke="${colour(role)}" stroke-width="${number(thickness)}" stroke-linejoin="round"/>`;
}

function colour(role: Role): string {
  return `#${COLOURS[role].map((part) => part.toString(16).padStart(2, '0')).join('')}`;
}

/** At most two decimals. */
function number(value: number): string {
  return `${Math.round(value * 100) / 100 + 0}`;
}

/** As in HTML; what XML cannot hold, such as control characters in a file's name, becomes U+FFFD. */
function escaped(text: string): string {
  return htmlText(text.replace(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, '\uFFFD'));
}
