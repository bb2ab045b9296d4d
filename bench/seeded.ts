/** Park and Miller's generator with the multiplier 48271: the same numbers in every run. @returns integers below a bound */
export function seeded(seed: number): (below: number) => number {
  let state = seed % 0x7fffffff || 1;
  return (below) => {
    state = (state * 48_271) % 0x7fffffff;
    return state % below;
  };
}
