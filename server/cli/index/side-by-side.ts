import sharp from 'sharp';

const height = 320;
const gap = 8;

/** Lays images beside each other, the first with a wider gap behind it, as a PNG file. */
export async function sideBySide(files: readonly Buffer[]): Promise<Buffer> {
  const parts = await Promise.all(
    files.map(async (file) => {
      const { data, info } = await sharp(file)
        .autoOrient()
        .resize({ height })
        .flatten({ background: 'white' })
        .png()
        .toBuffer({ resolveWithObject: true });
      return { data, width: info.width };
    }),
  );
  let left = 0;
  const layers = parts.map(({ data, width }, index) => {
    const layer = { input: data, left, top: 0 };
    left += width + (index === 0 ? 4 * gap : gap);
    return layer;
  });
  const canvas = sharp({ create: { width: Math.max(1, left - gap), height, channels: 3, background: 'white' } });
  return canvas.composite(layers).png().toBuffer();
}
