// What a browser is told about what the page may do: nothing but what comes from its own address, no script within the page itself, and no
// other page may show it inside itself.

const directives = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data: blob:",
  "media-src 'self' blob:",
  "worker-src 'self'",
  "font-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
] as const;

/** Headers of every answer. */
export const securityHeaders: Readonly<Record<string, string>> = {
  'Content-Security-Policy': [...directives, "frame-ancestors 'none'"].join('; '),
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Permissions-Policy': 'midi=(self), autoplay=(self), camera=(), geolocation=(), microphone=()',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
};

/** A page with the same policy inside it, for hosts that send no such headers. (What other pages may do cannot be said there.) */
export function withPolicy(html: string): string {
  const meta = `<meta http-equiv="Content-Security-Policy" content="${directives.join('; ')}">`;
  const head = /<head[^>]*>(\s*<meta charset=[^>]*>)?/i.exec(html);
  if (head === null) return html;
  const at = head.index + head[0].length;
  return html.slice(0, at) + meta + html.slice(at);
}
