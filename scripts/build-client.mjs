// Runs before client/ is packed.
import { buildClient } from './build.mjs';

buildClient();
