/** Pictures with a palette: a page has few colours, and a third of the bytes is enough for it. */
import { crc32, deflateSync, inflateSync } from "node:zlib";

/** The pixels of a browser's picture: 8 bits of red, green and blue, perhaps opacity, no interlacing. */
function pixels(png: Buffer): { width: number; height: number; channels: number; data: Buffer } {
  const [width, height] = [png.readUInt32BE(16), png.readUInt32BE(20)];
  const channels = png[25] === 6 ? 4 : 3;
  const parts: Buffer[] = [];
  for (let at = 8; at < png.length; ) {
    const length = png.readUInt32BE(at);
    if (png.toString("latin1", at + 4, at + 8) === "IDAT") parts.push(png.subarray(at + 8, at + 8 + length));
    at += length + 12;
  }
  const raw = inflateSync(Buffer.concat(parts));
  const stride = width * channels;
  const data = Buffer.alloc(stride * height);
  for (let y = 0; y < height; y += 1) {
    const filter = raw[y * (stride + 1)];
    for (let x = 0; x < stride; x += 1) {
      const left = x >= channels ? data[y * stride + x - channels]! : 0;
      const above = y > 0 ? data[(y - 1) * stride + x]! : 0;
      const corner = x >= channels && y > 0 ? data[(y - 1) * stride + x - channels]! : 0;
      const guess = left + above - corner;
      const [a, b, c] = [Math.abs(guess - left), Math.abs(guess - above), Math.abs(guess - corner)];
      const paeth = a <= b && a <= c ? left : b <= c ? above : corner;
      const added = [0, left, above, (left + above) >> 1, paeth][filter!]!;
      data[y * stride + x] = raw[y * (stride + 1) + 1 + x]! + added;
    }
  }
  return { width, height, channels, data };
}

function chunk(name: string, body: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(name, "latin1"), body]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(body.length);
  sum.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, sum]);
}

/** The same with at most 256 colours: those that are shown, or, where they are more, with fewer shades. */
export function smaller(png: Buffer): Buffer {
  const { width, height, channels, data } = pixels(png);
  for (let bits = 8; ; bits -= 1) {
    const round = (value: number) => Math.min(255, Math.round(value / 2 ** (8 - bits)) * 2 ** (8 - bits));
    const palette = new Map<number, number>();
    const rows = Buffer.alloc((width + 1) * height);
    for (let at = 0; at < width * height && palette.size <= 256; at += 1) {
      const from = at * channels;
      const color = (round(data[from]!) << 16) | (round(data[from + 1]!) << 8) | round(data[from + 2]!);
      if (!palette.has(color)) palette.set(color, palette.size);
      rows[at + Math.floor(at / width) + 1] = palette.get(color)!;
    }
    if (palette.size > 256) continue;
    const header = Buffer.from(png.subarray(16, 29));
    header[8] = 8;
    header[9] = 3;
    const colors = Buffer.from([...palette.keys()].flatMap((it) => [it >> 16, (it >> 8) & 255, it & 255]));
    return Buffer.concat([png.subarray(0, 8), chunk("IHDR", header), chunk("PLTE", colors), chunk("IDAT", deflateSync(rows, { level: 9 })), chunk("IEND", Buffer.alloc(0))]);
  }
}
