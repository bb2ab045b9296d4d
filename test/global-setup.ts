import { build, buildPage } from '../scripts/build.mjs';
import { drawFixtures } from './fixtures.js';

/** Inference threads run compiled code, servers serve the built page, and fixtures are drawn where sharp may still read SVG. */
export default async function setup(): Promise<void> {
  build();
  buildPage();
  await drawFixtures();
}
