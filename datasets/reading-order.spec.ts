import { expect, it } from 'vitest';
import { orderAgreement } from './reading-order.js';

it.each([
  ['a b c d', 'a b c d', 1],
  ['a b c d', 'd c b a', -1],
  ['a b c d', 'A c b D', 2 / 3],
  ['a b x x c', 'x a q b c x', 1],
  ['a', 'a', undefined],
  ['a b', 'c d', undefined],
])('the order of %s and %s agrees by %s', (expected, read, tau) => {
  expect(orderAgreement(expected, read)).toEqual(tau);
});
