// The fast Fourier transform (radix 2), for the pictures of sounds.

/** Power by bin, 0..size/2, of `size` samples from `start` on under a Blackman-Harris window; samples beyond the ends are 0. */
export function powerSpectrum(samples, start, size) {
  const re = Float64Array.from({ length: size }, (_, i) => (samples[start + i] ?? 0) * windowAt(i / size));
  const im = new Float64Array(size);
  transform(re, im);
  return Float64Array.from({ length: size / 2 + 1 }, (_, k) => (re[k] ** 2 + im[k] ** 2) / size ** 2);
}

function windowAt(x) {
  const angle = 2 * Math.PI * x;
  return 0.35875 - 0.48829 * Math.cos(angle) + 0.14128 * Math.cos(2 * angle) - 0.01168 * Math.cos(3 * angle);
}

/** In place; the length is a power of two. */
function transform(re, im) {
  const size = re.length;
  for (let i = 1, j = 0; i < size; i++) {
    let bit = size >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i < j) {
      [re[i], re[j]] = [re[j], re[i]];
      [im[i], im[j]] = [im[j], im[i]];
    }
  }
  for (let length = 2; length <= size; length *= 2) {
    const half = length / 2;
    for (let k = 0; k < half; k++) {
      const [c, s] = [Math.cos((-2 * Math.PI * k) / length), Math.sin((-2 * Math.PI * k) / length)];
      for (let i = k; i < size; i += length) {
        const [x, y] = [re[i + half] * c - im[i + half] * s, re[i + half] * s + im[i + half] * c];
        re[i + half] = re[i] - x;
        im[i + half] = im[i] - y;
        re[i] += x;
        im[i] += y;
      }
    }
  }
}
