// Runs before server/ is packed or published.
import { refuse } from './say.mjs';

refuse(
  'The server is no npm package: its models and what is compiled lie outside its folder. `npm run release DIR` in the clone makes a folder that runs.',
);
